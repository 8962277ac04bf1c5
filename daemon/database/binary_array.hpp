#pragma once
// One-dimensional arrays in PostgreSQL's binary format: a batch needs one parameter per column, and bodies need no
// escaping.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/base/time.hpp"

namespace releasehealth::ledger {

class binary_array {
 public:
  /// The oids of the element types.
  enum element : std::uint32_t {
    boolean = 16,
    bytea = 17,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    text = 25,
    timestamptz = 1184,
    jsonb = 3802
  };

  explicit binary_array(element e) : element_(e) {}

  void add(std::string_view value) {
    put(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
    ++size_;
  }
  void add(std::int64_t value) {
    put(8u);
    put(static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) >> 32));
    put(static_cast<std::uint32_t>(value));
    ++size_;
  }
  void add(std::int32_t value) {
    put(4u);
    put(static_cast<std::uint32_t>(value));
    ++size_;
  }
  void add(std::same_as<bool> auto value) {
    put(1u);
    bytes_ += value ? '\1' : '\0';
    ++size_;
  }
  void add(timestamp value) {  // PostgreSQL counts microseconds from 2000
    constexpr auto epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
    add(static_cast<std::int64_t>((value - epoch).count()));
  }
  void add(const std::optional<timestamp>& value) { value ? add(*value) : add_null(); }
  void add_jsonb(std::string_view value) {
    put(static_cast<std::uint32_t>(value.size() + 1));
    bytes_ += '\1';  // the version of the format
    bytes_ += value;
    ++size_;
  }
  void add_null() {
    put(~std::uint32_t{0});
    has_nulls_ = true;
    ++size_;
  }
  std::size_t size() const { return size_; }

  /// The binary representation. Consumes the array.
  std::string bytes() && {
    std::string header;
    put(header, size_ == 0 ? 0 : 1);  // dimensions
    put(header, has_nulls_ ? 1 : 0);
    put(header, element_);
    if (size_ == 0) return header;
    put(header, static_cast<std::uint32_t>(size_));
    put(header, 1);  // lower bound
    bytes_.replace(0, header.size(), header);
    return std::move(bytes_);
  }

 private:
  static void put(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  }
  void put(std::uint32_t value) { put(bytes_, value); }
  static constexpr std::size_t header_bytes = 20;

  element element_;
  std::size_t size_ = 0;
  bool has_nulls_ = false;
  std::string bytes_ = std::string(header_bytes, '\0');  ///< space for the header, then the values
};

}
