#pragma once
// HTTP headers, as read by collectors.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/base/result.hpp"

namespace releasehealth {

/// The headers of a request, looked up without case. All are stored in one string, as every request has a dozen.
class headers {
 public:
  void add(std::string_view name, std::string_view value);
  /// The first value of that name; empty if there is none.
  std::string_view get(std::string_view name) const;
  /// All names and values; valid until add() is called.
  std::vector<std::pair<std::string_view, std::string_view>> all() const;

 private:
  struct header {
    std::size_t begin, name_size, value_size;
  };
  std::string_view name_of(const header& h) const { return std::string_view(text_).substr(h.begin, h.name_size); }
  std::string_view value_of(const header& h) const {
    return std::string_view(text_).substr(h.begin + h.name_size, h.value_size);
  }
  std::string text_;
  std::vector<header> list_;
};

/// The media type of a Content-Type: in lower case, without parameters.
std::string media_type(std::string_view content_type);

/// errc::media_type for a Content-Type other than the accepted ones: "Content-Type: unsupported type "text/plain";
/// expected application/json".
error unsupported_type(std::string_view content_type, std::string_view expected);

}
