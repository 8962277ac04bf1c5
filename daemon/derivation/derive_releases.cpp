// Releases over the environments of a group (figures.md section 17): assigns each deployment to a row of the group and
// rewrites these rows after the other stages have derived the deployments.
#include <algorithm>

#include "daemon/derivation/rows.hpp"
#include "daemon/timeline/release.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// A deployment of a group's environment.
struct group_member {
  std::string id, day_order;
  thing_id thing;
  place where;
  std::optional<deployment_kind> kind;
  bool is_change = false;
  std::optional<timestamp> finished_at;
  identity what;
  std::string release;  ///< id of its group row

  auto position() const { return std::tie(*finished_at, day_order, thing, where.environment); }

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("id", &group_member::id), column("day_order", &group_member::day_order)),
      within(&group_member::thing, columns_of<thing_id>), within(&group_member::where, columns_of<place>),
      std::tuple(column("kind", &group_member::kind), column("is_change", &group_member::is_change),
                 column("finished_at", &group_member::finished_at), column("identity", &group_member::what),
                 column("release", &group_member::release)));
};

/// The columns by which changes of a service may share an identity.
struct alike_question {
  std::string service, version_key, commit, identity_keys;
  auto operator<=>(const alike_question&) const = default;
};
BOOST_DESCRIBE_STRUCT(alike_question, (), (service, version_key, commit, identity_keys))

/// A rollback, and the release of a change that it rolled back.
struct popped_release {
  std::string rollback, release;
};
BOOST_DESCRIBE_STRUCT(popped_release, (), (rollback, release))

class group_rows {
 public:
  explicit group_rows(derivation& step) : step_(step), names_(step.settings.blame.names), stale_(step.stale_releases) {}

  void assign() {
    auto ids = step_.written;
    for (const auto& id : step_.written)  // its previous row and rollback lack it now
      if (const auto d = step_.deployments.find(id); d != step_.deployments.end() && d->second.previous) {
        note_stale(d->second.previous->release);
        if (const auto& popper = d->second.previous->rolled_back_by; !popper.empty()) ids.insert(popper);
      }
    load(ids, {});
    for (const auto& [id, m] : members_) note_stale(m.release);
    do {
      load({}, stale_);
      assign_changes();
      assign_rollbacks();
      for (const auto& [id, m] : members_)
        if (!m.is_change && m.kind != deployment_kind::rollback) assign(m, m);
      write_assignments();
    } while (!load({}, stale_).empty());                              // a row is rewritten with all of its members
    for (const auto& row : stale_) step_.names.names.push_back(row);  // a report may have named it
    for (const auto& [id, m] : members_)
      if (const auto d = step_.deployments.find(id); d != step_.deployments.end() && d->second.now)
        d->second.now->release = m.release;
  }

 private:
  place group_of(const group_member& m) const {
    return {m.where.service, std::string(names_.group_of(m.where.environment))};
  }
  void note_stale(const std::string& row) {
    if (!row.empty()) stale_.insert(row);
  }

  /// Loads the members with the given ids or rows and returns those that are new. A deployment that is in no group any
  /// more gets no row.
  std::vector<const group_member*> load(const std::set<std::string>& ids, const std::set<std::string>& rows) {
    std::vector<const group_member*> fresh;
    if (ids.empty() && rows.empty()) return fresh;
    for (auto& m : query<group_member>(step_.work, sql::derivation::members_of_group, ids, rows)) {
      auto id = m.id;
      const auto [known, is_new] = members_.try_emplace(std::move(id), std::move(m));
      if (is_new) fresh.push_back(&known->second);
    }
    return fresh;
  }

  /// The members that `is_one` selects, by service and group, in the order of the stack.
  template <class Pick>
  std::map<place, std::vector<const group_member*>> ordered(Pick is_one) const {
    std::map<place, std::vector<const group_member*>> all;
    for (const auto& [id, m] : members_)
      if (m.finished_at && is_one(m)) all[group_of(m)].push_back(&m);
    for (auto& [where, some] : all)
      std::ranges::sort(some, [](const auto* a, const auto* b) { return a->position() < b->position(); });
    return all;
  }

  void assign(const group_member& m, const group_member& first) {
    const auto where = group_of(m);
    auto row = where.environment.empty() ? std::string() : row_id({first.id, where.environment});
    if (step_.written.contains(m.id) || row != m.release) note_stale(row);
    if (row == m.release) return;
    note_stale(m.release);
    assigned_[m.id] = std::move(row);
  }

  // Only changes of one identity may join a release, so changes that may share an identity are loaded together,
  // transitively.
  void assign_changes() {
    std::vector<const group_member*> next;
    for (const auto& [id, m] : members_) next.push_back(&m);
    while (!next.empty()) {
      std::set<alike_question> asked;
      for (const auto* m : next) {
        if (!m->is_change) continue;
        alike_question q{m->where.service, m->what.is_moving ? std::string() : lookup_key(m->what.version),
                         m->what.commit, m->what.indexed_keys()};
        if (asked_.insert(q).second) asked.insert(std::move(q));
      }
      if (asked.empty()) break;
      std::set<std::string> fresh;
      for (auto& id : query<std::string>(step_.work, sql::derivation::alike_in_group,
                                         by_column(std::vector(asked.begin(), asked.end()))))
        if (!members_.contains(id)) fresh.insert(std::move(id));
      next = load(fresh, {});
    }
    for (const auto& [where, some] : ordered([](const group_member& m) { return m.is_change; })) {
      std::vector<rolled_out> changes;
      for (const auto* m : some) changes.push_back({m->where.environment, *m->finished_at, &m->what});
      const auto firsts = find_releases(changes, step_.settings.rollout_window);
      for (std::size_t n = 0; n < some.size(); ++n) assign(*some[n], *some[firsts[n]]);
    }
    write_assignments();
  }

  // Loads the rollbacks that rolled back changes of stale releases, and assigns those of the same release to one row.
  void assign_rollbacks() {
    const auto is_rollback = [](const group_member& m) { return m.kind == deployment_kind::rollback; };
    std::set<std::string> asked, asked_releases = stale_;
    for (const auto& [id, m] : members_)
      if (is_rollback(m)) asked.insert(id);
    std::map<std::string, std::set<std::string>> popped;
    while (!asked.empty() || !asked_releases.empty()) {
      const auto found =
          query<popped_release>(step_.work, sql::derivation::rolled_back_in_group, asked, asked_releases);
      std::set<std::string> rollbacks, releases;
      for (const auto& [rollback, release] : found) {
        if (!popped.contains(rollback)) rollbacks.insert(rollback);
        if (known_releases_.insert(release).second) releases.insert(release);
      }
      for (const auto& [rollback, release] : found) popped[rollback].insert(release);
      asked = std::move(rollbacks);
      asked_releases = std::move(releases);
    }
    std::set<std::string> ids;
    for (const auto& [rollback, releases] : popped) ids.insert(rollback);
    load(ids, {});
    for (const auto& [where, some] : ordered(is_rollback)) {
      std::vector<group_rollback> rollbacks;
      for (const auto* m : some) rollbacks.push_back({*m->finished_at, popped[m->id]});
      const auto firsts = find_group_rollbacks(rollbacks, step_.settings.rollout_window);
      for (std::size_t n = 0; n < some.size(); ++n) assign(*some[n], *some[firsts[n]]);
    }
  }

  void write_assignments() {
    if (assigned_.empty()) return;
    std::vector<std::string> ids, rows;
    for (auto& [id, row] : assigned_) {
      ids.push_back(id);
      rows.push_back(row);
      members_.at(id).release = std::move(row);
    }
    execute(step_.work, sql::derivation::write_rows_of_group, ids, rows);
    assigned_.clear();
  }

  derivation& step_;
  const naming& names_;
  std::map<std::string, group_member> members_;  ///< by id: all loaded members
  std::map<std::string, std::string> assigned_;  ///< member id to row id, where a different one is stored
  std::set<std::string>& stale_;                 ///< ids of rows to rewrite
  std::set<std::string> known_releases_;
  std::set<alike_question> asked_;
};

}

void assign_releases(derivation& step) {
  if (!step.written.empty()) group_rows(step).assign();
}

void write_releases(derivation& step) {
  if (step.written.empty() && step.stale_releases.empty()) return;
  execute(step.work, sql::derivation::delete_releases, step.stale_releases, step.written);
  std::vector<std::string> members, groups;
  for (const auto& [member, group] : step.settings.blame.names.group_of_members()) {
    members.push_back(member);
    groups.push_back(group);
  }
  execute(step.work, sql::derivation::write_releases, step.stale_releases, step.written, members, groups);
}

}
