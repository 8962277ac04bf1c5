#include "daemon/database/rows.hpp"

#include "daemon/database/statements.hpp"

namespace releasehealth::ledger {
namespace {

#if PQXX_VERSION_MAJOR >= 7
pqxx::params travelling(const std::vector<parameter>& given) {
#if PQXX_VERSION_MAJOR >= 8 || PQXX_VERSION_MINOR >= 10
  using bytes = pqxx::bytes_view;
#else
  using bytes = std::basic_string_view<std::byte>;
#endif
  pqxx::params all;
  all.reserve(given.size());
  for (const auto& p : given) switch (p.form) {
      case parameter::null: all.append(); break;
      case parameter::text: all.append(pqxx::zview(p.value)); break;
      case parameter::binary: all.append(bytes(reinterpret_cast<const std::byte*>(p.value.data()), p.value.size()));
    }
  return all;
}

pqxx::result run_with(auto& begun, std::string_view sql, const std::vector<parameter>& given) {
  const auto all = travelling(given);
#if PQXX_VERSION_MAJOR >= 8 || PQXX_VERSION_MINOR >= 10
  return begun.keeps_plans ? begun.work->exec(pqxx::prepped(begun.database.prepared(sql)), all)
                           : begun.work->exec(sql, all);
#else
  return begun.keeps_plans ? begun.work->exec_prepared(begun.database.prepared(sql), all)
                           : begun.work->exec_params(std::string(sql), all);
#endif
}
#else

// libpqxx 6 accepts lists of parameters, but each list has one type. So text lists and binary lists alternate, most of
// them empty.
constexpr std::size_t most_turns = 8;
struct turn {
  std::vector<const char*> texts;  ///< null: NULL
  std::vector<pqxx::binarystring> bytes;
};

std::array<turn, most_turns> travelling(const std::vector<parameter>& given) {
  std::array<turn, most_turns> turns;
  std::size_t current = 0;
  for (const auto& p : given) {
    if (p.form == parameter::binary) {
      turns.at(current).bytes.emplace_back(p.value);
      continue;
    }
    if (!turns.at(current).bytes.empty()) ++current;
    turns.at(current).texts.push_back(p.form == parameter::null ? nullptr : p.value.c_str());
  }
  return turns;
}

pqxx::result run_with(auto& begun, std::string_view sql, const std::vector<parameter>& given) {
  const auto turns = travelling(given);
  return [&]<std::size_t... N>(std::index_sequence<N...>) {
    const auto submit = [&](const auto&... lists) {
      return begun.keeps_plans ? begun.work->exec_prepared(begun.database.prepared(sql), lists...)
                               : begun.work->exec_params(std::string(sql), lists...);
    };
    const auto list = [&](std::size_t n) -> const turn& { return turns[n / 2]; };
    const auto half = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      if constexpr (I % 2 == 0)
        return pqxx::prepare::make_dynamic_params(list(I).texts);
      else
        return pqxx::prepare::make_dynamic_params(list(I).bytes);
    };
    return submit(half(std::integral_constant<std::size_t, N>())...);
  }
  (std::make_index_sequence<2 * most_turns>());
}
#endif

}

struct answer::held {
  pqxx::result rows;
  std::vector<std::string_view> columns;
};

pqxx::result statements::run(transaction& work, std::string_view sql, const std::vector<parameter>& given) {
  return translated([&] {
    auto& begun = of(work);
    begun.database.go_on();
    return run_with(begun, sql, given);
  });
}

answer ask(transaction& work, std::string_view sql, const std::vector<parameter>& given) {
  answer found;
  found.held_ = std::make_shared<answer::held>(answer::held{statements::run(work, sql, given), {}});
  auto& [rows, columns] = *found.held_;
  for (pqxx::row_size_type c = 0; c < rows.columns(); ++c) columns.emplace_back(rows.column_name(c));
  return found;
}

void run_script(transaction& work, std::string_view sql) {
  translated([&] {
    auto& begun = statements::of(work);
    begun.database.go_on();
    begun.work->exec(std::string(sql));
  });
}

std::size_t answer::size() const { return static_cast<std::size_t>(held_->rows.size()); }
std::size_t answer::affected() const { return static_cast<std::size_t>(held_->rows.affected_rows()); }
const std::vector<std::string_view>& answer::columns() const { return held_->columns; }
std::uint32_t answer::type(std::size_t column) const {
  return held_->rows.column_type(static_cast<pqxx::row_size_type>(column));
}

void answer::hand_over(void (*look)(void*, std::span<const field>), void* closure) const {
  std::vector<field> fields(held_->columns.size());
  for (const auto& row : held_->rows) {
    auto cell = row.begin();  // cheaper than row[c], which increments the result's reference count for every field
    for (auto& f : fields) {
      if (cell->is_null())
        f.reset();
      else
        f.emplace(cell->c_str(), cell->size());
      ++cell;
    }
    look(closure, fields);
  }
}

// PostgreSQL's hex format: \x, then two digits per byte.
void codec<blob>::read(std::string_view text, blob& value) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  value.bytes.reserve(text.size() / 2);
  for (std::size_t position = 2; position + 1 < text.size(); position += 2)
    value.bytes += static_cast<char>(digit(text[position]) << 4 | digit(text[position + 1]));
}

}
