#pragma once
// Headers of HTTP, as collectors read them.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace releasehealth {

/// The headers of a request, found by name whatever its case. All lie in one text, as every request has a dozen.
class headers {
 public:
  void add(std::string_view name, std::string_view value);
  /// The first value of that name; empty if there is none.
  std::string_view get(std::string_view name) const;
  /// Names and values, for as long as nothing is added.
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

/// The media type of a Content-Type: in small letters, without its parameters.
std::string media_type(std::string_view content_type);

}
