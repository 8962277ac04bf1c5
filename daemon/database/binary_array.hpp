#pragma once
// One-dimensional arrays in PostgreSQL's binary format: bodies travel without escaping, a batch in one parameter each.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <pqxx/pqxx>

#include "collectors/time.hpp"

namespace releasehealth::ledger {

class binary_array {
 public:
  enum element : std::uint32_t { bytea = 17, int8 = 20, text = 25, timestamptz = 1184 };  ///< their oids

  explicit binary_array(element e) : element_(e) {}

  void add(std::string_view value) {
    put(static_cast<std::uint32_t>(value.size()));
    values_ += value;
    ++size_;
  }
  void add(std::int64_t value) {
    put(8u);
    put(static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) >> 32));
    put(static_cast<std::uint32_t>(value));
    ++size_;
  }
  void add(timestamp value) {  // PostgreSQL counts microseconds from 2000
    constexpr auto epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
    add(static_cast<std::int64_t>((value - epoch).count()));
  }
  void add(const std::optional<timestamp>& value) { value ? add(*value) : add_null(); }
  void add_null() {
    put(~std::uint32_t{0});
    has_nulls_ = true;
    ++size_;
  }
  std::size_t size() const { return size_; }

  /// As a parameter: both spellings are sent in binary format.
#if PQXX_VERSION_MAJOR >= 7
  std::basic_string<std::byte> parameter() const {
    const auto all = header() + values_;
    return {reinterpret_cast<const std::byte*>(all.data()), all.size()};
  }
#else
  pqxx::binarystring parameter() const { return pqxx::binarystring(header() + values_); }
#endif

 private:
  static void put(std::string& to, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(value >> shift & 0xff);
  }
  void put(std::uint32_t value) { put(values_, value); }
  std::string header() const {
    std::string out;
    put(out, size_ == 0 ? 0 : 1);  // dimensions
    put(out, has_nulls_ ? 1 : 0);
    put(out, element_);
    if (size_ > 0) {
      put(out, static_cast<std::uint32_t>(size_));
      put(out, 1);  // lower bound
    }
    return out;
  }

  element element_;
  std::size_t size_ = 0;
  bool has_nulls_ = false;
  std::string values_;
};

}
