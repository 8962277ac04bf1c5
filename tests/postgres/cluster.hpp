#pragma once
// The test run's private PostgreSQL, with a database from a template for each test.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "daemon/database/session.hpp"

namespace releasehealth::test {

/// A folder that is deleted after the test.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A migrated, empty database.
class database {
 public:
  database();
  ~database();
  database(const database&) = delete;
  session where() const;
  /// The rows of a query as text: columns by '|', rows by newline.
  std::string query(const std::string& sql) const;
  /// All derived rows, without the targets' generations, which count derivations.
  std::string derived() const;
  /// The tables that derivation writes.
  std::vector<std::string> derived_tables() const;
  /// Restores the initial empty state.
  void empty() const;

 private:
  struct connected;
  std::string name_;
  std::unique_ptr<connected> connected_;
};

}
