#pragma once
// The one place that knows which libpqxx this is. Only files of daemon/ledger include it.
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <pqxx/pqxx>

#include "collectors/json.hpp"
#include "daemon/database/session.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth::ledger {

/// The only kind of connection that transactions here are made on.
class connection : public pqxx::connection {
 public:
  /// With the session's name, timeouts and read-only setting. Throws pqxx::failure. The session's stop ends it: the
  /// thread that waits for an answer gets pqxx::broken_connection.
  explicit connection(const session&);

  /// Throws pqxx::broken_connection once the session's stop was requested: libpqxx 6 makes a connection that was cut
  /// anew.
  void go_on() const {
    if (stop_.stop_requested()) throw pqxx::broken_connection("the daemon is stopping");
  }
  /// Whether run() keeps a statement's plan. Of a few rows planning takes longer than the rest.
  bool keeps_plans = false;
  /// The name by which such a statement is prepared, now or before. By its address: statements are constants.
  const std::string& prepared(std::string_view sql);

 private:
  struct cutter {
    connection* of;
    void operator()() const noexcept;
  };
  std::map<const char*, std::string> prepared_;
  std::stop_token stop_;
  std::stop_callback<cutter> cut_;
};

inline connection& connection_of(pqxx::transaction_base& in) {
  // NOLINTNEXTLINE(*-static-cast-downcast): it is no other, and has no virtual functions to ask
  return static_cast<connection&>(in.conn());
}

/// Whether the statements that follow in the transaction have kept plans, made for any parameters. Without, each is
/// planned for its own, as many rows want it.
void keep_plans(pqxx::transaction_base&, bool);

/// Stands before a transaction: what keep_plans() sets in it ends with it, as it does in PostgreSQL.
struct [[nodiscard]] end_of_kept_plans {
  connection& on;
  explicit end_of_kept_plans(connection& c) : on(c) {}
  end_of_kept_plans(const end_of_kept_plans&) = delete;
  end_of_kept_plans& operator=(const end_of_kept_plans&) = delete;
  ~end_of_kept_plans() { on.keeps_plans = false; }
};

/// Runs a statement that the connection prepared under that name, with parameters.
template <class... Parameters>
pqxx::result run_prepared(pqxx::transaction_base& in, const std::string& name, const Parameters&... parameters) {
#if PQXX_VERSION_MAJOR >= 8 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
  return in.exec(pqxx::prepped(name), pqxx::params{parameters...});
#else
  return in.exec_prepared(name, parameters...);
#endif
}

/// Runs one statement with parameters, which travel apart from its text.
template <class... Parameters>
pqxx::result run(pqxx::transaction_base& in, std::string_view sql, const Parameters&... parameters) {
  auto& on = connection_of(in);
  on.go_on();
  if (on.keeps_plans) return run_prepared(in, on.prepared(sql), parameters...);
#if PQXX_VERSION_MAJOR >= 8 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
  return in.exec(std::string(sql), pqxx::params{parameters...});
#else
  return in.exec_params(std::string(sql), parameters...);
#endif
}

/// Adds an element to a text[] that is being written, `{` at first.
void add_element(std::string& array, std::string_view value);

/// A text[] as PostgreSQL reads it.
template <class Strings>
std::string text_array(const Strings& values) {
  std::string out = "{";
  for (const auto& v : values) add_element(out, v);
  return out + '}';
}

/// Two parallel text[] of the places' services and environments.
std::pair<std::string, std::string> place_arrays(const std::set<place>&);

json::object json_object(const pqxx::field&);
std::string text(const pqxx::field&);   ///< NULL is empty
std::string bytes(const pqxx::field&);  ///< of a bytea
std::optional<timestamp> time_from_microseconds(const pqxx::field&);

}
