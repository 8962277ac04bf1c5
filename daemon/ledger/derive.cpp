#include "daemon/ledger/derive.hpp"

#include <algorithm>
#include <map>

#include "collectors/signature.hpp"
#include "daemon/ledger/database.hpp"
#include "daemon/ledger/locks.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

using thing_key = std::pair<std::string, std::string>;  // source, subject

std::pair<std::string, std::string> arrays(const std::set<thing_key>& things) {
  std::vector<std::string> sources, subjects;
  for (const auto& [source, subject] : things) {
    sources.push_back(source);
    subjects.push_back(subject);
  }
  return {text_array(sources), text_array(subjects)};
}

report read_report(const pqxx::row& row) {
  return {.id = text(row["id"]),
          .time = *time_from_microseconds(row["time"]),
          .retraction = row["retraction"].as<bool>(),
          .is_override = row["is_override"].as<bool>(),
          .fields = json_object(row["fields"])};
}

json::value time_or_null(const std::optional<timestamp>& t) {
  return t ? json::value(format_time(*t)) : json::value(nullptr);
}

json::value id_or_null(const std::optional<std::string>& id) { return id ? json::value(*id) : json::value(nullptr); }

json::object as_row(const deployment& d) {
  return {{"service", d.where.service},
          {"environment", d.where.environment},
          {"source", d.source},
          {"subject", d.subject},
          {"id", deployment_id(d.source, d.subject, d.where)},
          {"state", d.state},
          {"created_at", time_or_null(d.created_at)},
          {"started_at", time_or_null(d.started_at)},
          {"finished_at", time_or_null(d.finished_at)},
          {"version", d.version},
          {"commit", d.commit},
          {"facts", d.facts},
          {"commit_facts", d.commit_facts},
          {"overrides", d.overrides}};
}

/// One transaction's derivation: into the real tables, or into shadows of the same names.
class derivation {
 public:
  derivation(pqxx::transaction_base& work, const derive_settings& settings) : work_(work), settings_(settings) {}

  /// Takes up to `max_things` entries from the queue and derives what they touch. Returns how many it took.
  std::size_t step() {
    std::set<thing_key> deployments;
    std::vector<std::string> commits;
    const auto taken = run(work_, sql::ledger_take_touched, deriver::max_things);
    for (const auto& row : taken) {
      if (text(row[0]) == "deployment") deployments.emplace(text(row[1]), text(row[2]));
      if (text(row[0]) == "commit") commits.push_back(text(row[2]));
    }
    if (!commits.empty())
      for (const auto& row : run(work_, sql::ledger_things_of_commits, text_array(commits)))
        deployments.emplace(text(row[0]), text(row[1]));
    if (!deployments.empty()) derive(deployments);
    return static_cast<std::size_t>(taken.size());
  }

 private:
  void derive(const std::set<thing_key>& things) {
    const auto [sources, subjects] = arrays(things);
    std::set<place> affected;
    for (const auto& row : run(work_, sql::ledger_places_of_things, sources, subjects))
      affected.insert({text(row[0]), text(row[1])});
    auto folded = fold(sources, subjects);
    add_commit_facts(folded);
    json::array rows;
    for (const auto& d : folded) {
      affected.insert(d.where);
      rows.push_back(as_row(d));
    }
    run(work_, sql::ledger_write_deployments, sources, subjects, json::serialize(rows));
    for (const auto& p : affected)
      if (!p.service.empty()) run_place(p);
    affected.erase(affected.begin(), std::ranges::find_if(affected, [](const place& p) { return !p.service.empty(); }));
    const auto [services, environments] = place_arrays(affected);
    run(work_, sql::ledger_write_places, services, environments);
  }

  std::vector<deployment> fold(const std::string& sources, const std::string& subjects) {
    std::map<thing_key, std::vector<report>> reports;
    for (const auto& row : run(work_, sql::ledger_events_of_things, std::string("deployment"), sources, subjects))
      reports[{text(row["source"]), text(row["subject"])}].push_back(read_report(row));
    std::vector<deployment> folded;
    for (auto& [key, told] : reports)
      for (auto& d : fold_deployment(key.first, key.second, std::move(told), settings_.names))
        folded.push_back(std::move(d));
    return folded;
  }

  void add_commit_facts(std::vector<deployment>& folded) {
    std::set<std::string> shas;
    for (const auto& d : folded)
      if (!d.commit.empty()) shas.insert(d.commit);
    if (shas.empty()) return;
    std::map<std::string, std::vector<report>> reports;
    for (const auto& row : run(work_, sql::ledger_events_of_commits, text_array({shas.begin(), shas.end()})))
      reports[text(row["sha"])].push_back(read_report(row));
    for (auto& d : folded)
      if (const auto known = reports.find(d.commit); known != reports.end())
        d.commit_facts = fold_commit(known->second);
  }

  void run_place(const place& where) {
    std::vector<deployment> ordered;
    const auto rows = run(work_, sql::ledger_succeeded_deployments, where.service, where.environment);
    for (const auto& row : rows) {
      auto& d = ordered.emplace_back();
      d.where = where;
      d.source = text(row["source"]);
      d.subject = text(row["subject"]);
      d.state = "succeeded";
      d.finished_at = time_from_microseconds(row["finished_at"]);
      d.version = text(row["version"]);
      d.commit = text(row["commit"]);
      d.facts = json_object(row["facts"]);
      d.commit_facts = json_object(row["commit_facts"]);
      d.overrides = json_object(row["overrides"]);
    }
    const auto verdicts = run_stack(ordered, settings_.stack);
    const auto id_of = [&](const std::optional<deployment_key>& k) {
      return k ? std::optional(deployment_id(k->source, k->subject, where)) : std::nullopt;
    };
    json::array changed;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      const auto& v = verdicts[i];
      const auto& row = rows[static_cast<pqxx::result::size_type>(i)];
      const auto live = id_of(v.live), below = id_of(v.below), rolled_back_by = id_of(v.rolled_back_by);
      if (text(row["kind"]) == v.kind.kind && text(row["kind_reason"]) == v.kind.reason &&
          row["is_change"].as<bool>() == v.is_change && text(row["live"]) == live.value_or("") &&
          text(row["below"]) == below.value_or("") && text(row["rolled_back_by"]) == rolled_back_by.value_or(""))
        continue;
      changed.push_back(json::object{{"id", text(row["id"])},
                                     {"kind", v.kind.kind},
                                     {"kind_reason", v.kind.reason},
                                     {"is_change", v.is_change},
                                     {"live", id_or_null(live)},
                                     {"below", id_or_null(below)},
                                     {"rolled_back_by", id_or_null(rolled_back_by)}});
    }
    if (!changed.empty()) run(work_, sql::ledger_write_verdicts, json::serialize(changed));
  }

  pqxx::transaction_base& work_;
  const derive_settings& settings_;
};

/// All of it again, beside the real tables, at one instant of the database. The caller decides what becomes of it.
template <class Then>
void derive_shadow(pqxx::connection& c, const derive_settings& settings, Then then) {
  // the lock first, the snapshot after it: within the transaction the snapshot would be older than the lock
  pqxx::nontransaction(c).exec("SELECT pg_advisory_lock(" + std::to_string(locks::derive) + ")");
  {
    pqxx::transaction<pqxx::isolation_level::repeatable_read> work(c);
    derivation d(work, settings);
    while (d.step() > 0) {
    }  // what was touched before this began
    work.exec(std::string(sql::ledger_shadow));
    work.exec(std::string(sql::ledger_touch_everything));
    while (d.step() > 0) {
    }
    then(work);
    work.commit();
  }
  pqxx::nontransaction(c).exec("SELECT pg_advisory_unlock(" + std::to_string(locks::derive) + ")");
}

}

struct deriver::connected {
  pqxx::connection connection;
  explicit connected(const session& s) : connection(connect(s)) {}
};

deriver::deriver(session s, derive_settings settings) : session_(std::move(s)), settings_(std::move(settings)) {}
deriver::~deriver() = default;
deriver::deriver(deriver&&) noexcept = default;
deriver& deriver::operator=(deriver&&) noexcept = default;

// After a failure the connection is dropped, and made anew by the next call.
deriver::connected& deriver::ready() {
  if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
  return *connected_;
}

std::size_t deriver::derive_batch() {
  try {
    pqxx::work work(ready().connection);
    if (!run(work, "SELECT pg_try_advisory_xact_lock($1)", locks::derive)[0][0].as<bool>()) return 0;
    const auto taken = derivation(work, settings_).step();
    work.commit();
    return taken;
  } catch (const pqxx::failure&) {
    connected_.reset();
    throw;
  }
}

std::size_t deriver::derive() {
  std::size_t total = 0;
  while (const auto taken = derive_batch()) total += taken;
  return total;
}

std::vector<difference> deriver::check() {
  auto c = connect(session_.unlimited());
  std::vector<difference> found;
  derive_shadow(c, settings_, [&](pqxx::transaction_base& work) {
    for (const auto& row : run(work, sql::ledger_shadow_difference, std::int64_t{100})) {
      json::object fields;
      for (const auto& f : row)
        if (std::string_view(f.name()) != "side") fields[f.name()] = text(f);
      found.push_back({text(row["side"]), json::serialize(fields)});
    }
  });
  return found;
}

std::size_t deriver::rebuild() {
  auto c = connect(session_.unlimited());
  std::size_t rows = 0;
  derive_shadow(c, settings_, [&](pqxx::transaction_base& work) {
    std::set<place> affected;
    for (const auto statement : {sql::ledger_shadow_delete, sql::ledger_shadow_insert}) {
      for (const auto& row : work.exec(std::string(statement))) {
        ++rows;
        affected.insert({text(row[0]), text(row[1])});
      }
    }
    for (const auto& row : work.exec(std::string(sql::ledger_shadow_places)))
      affected.insert({text(row[0]), text(row[1])});
    work.exec(std::string(sql::ledger_shadow_drop));
    std::erase_if(affected, [](const place& p) { return p.service.empty(); });
    const auto [services, environments] = place_arrays(affected);
    run(work, sql::ledger_write_places, services, environments);
  });
  return rows;
}

std::string deployment_id(const std::string& source, const std::string& subject, const place& where) {
  const char nul = '\0';
  return sha256_hex(source + nul + subject + nul + where.service + nul + where.environment).substr(0, 20);
}

}
