#include "daemon/commands/import_run.hpp"

#include "collectors/base/printable.hpp"

namespace releasehealth {

void import_contents::add(const event& e) {
  ++types_[std::string(word(e.type))];
  auto instant = e.time;
  for (const auto* own : {"/finished_at", "/started_at"})  // when it happened, which may be long before the report
    if (const auto found = time_at(e.fields, own)) {
      instant = *found;
      break;
    }
  first_ = std::min(first_.value_or(instant), instant);
  last_ = std::max(last_.value_or(instant), instant);
  if (auto one = text_at(e.fields, "/service"); !one.empty()) services_.insert(std::move(one));
  for (const auto& one : elements_at(e.fields, "/services"))
    if (one.is_string()) services_.emplace(one.get_string());
}

std::string import_contents::text() const {
  if (!first_) return "no events\n";
  std::string out;
  for (const auto& [type, count] : types_)
    out += (out.empty() ? "" : ", ") + std::to_string(count) + ' ' + type + (count == 1 ? "" : "s");
  constexpr std::size_t most = 20;
  out += "\nservices (" + std::to_string(services_.size()) + "):";
  std::size_t shown = 0;
  for (const auto& s : services_) {
    if (++shown > most) break;
    out += (shown > 1 ? ", " : " ") + s;
  }
  if (shown > most) out += ", ...";
  return out + "\nfirst " + format_time(*first_) + ", last " + format_time(*last_) + '\n';
}

void import_run::open(const std::string& source) {
  if (o.dry_run) return;
  database.emplace(open_database(c, "import"));
  appender.emplace(database->where);
  deriving.emplace(database->where.as("derive"), c.timeline);
  target.emplace(*appender, source, now, [this](std::size_t events) { deriving->stored(events); });
}

record_handler import_run::handler(std::istream* stream, std::uint64_t size) {
  return {.take =
              [this, stream, size](event e, std::optional<timestamp> received_at) {
                if (stream && ((since && e.time < *since) || (until && e.time >= *until))) return;
                ++read;
                if (o.dry_run) contents.add(e);
                if (target) target->take(std::move(e), received_at);
                constexpr std::size_t often = 512;
                if (read % often == 0)
                  progress.show(stream ? static_cast<std::uint64_t>(std::max<std::streamoff>(stream->tellg(), 0)) : 0,
                                size, read);
              },
          .refuse =
              [this](const refused_record& bad) {
                progress.end();
                std::cerr << o.file << ':' << bad.where << ": " << bad.why.text() << '\n';
                ++refused;
                if (o.strict) throw stopped();
              },
          .note =
              [this](const std::string& what) {
                progress.end();
                std::cerr << o.file << ": " << printable(what) << '\n';
              }};
}

int import_run::finish() {
  progress.end();
  std::cerr << read << " events, " << refused << " rejected\n";
  if (o.dry_run) std::cout << printable(contents.text());
  if (!target) return refused == 0 ? 0 : 1;
  target->finish();
  std::cerr << target->stored() << " stored, " << target->duplicates() << " duplicates\n";
  deriving->finish();
  return refused == 0 ? 0 : 1;
}

}
