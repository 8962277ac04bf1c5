#include "collectors/base/headers.hpp"

#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth {

void headers::add(std::string_view name, std::string_view value) {
  constexpr std::size_t usual_bytes = 1024, usual_headers = 24;
  if (list_.empty()) {
    text_.reserve(usual_bytes);
    list_.reserve(usual_headers);
  }
  list_.push_back({text_.size(), name.size(), value.size()});
  text_.append(name).append(value);
}

std::string_view headers::get(std::string_view name) const {
  const auto found = std::ranges::find_if(list_, [&](const auto& h) { return equal_ignoring_case(name_of(h), name); });
  return found == list_.end() ? std::string_view() : value_of(*found);
}

std::vector<std::pair<std::string_view, std::string_view>> headers::all() const {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  out.reserve(list_.size());
  for (const auto& h : list_) out.emplace_back(name_of(h), value_of(h));
  return out;
}

std::string media_type(std::string_view content_type) {
  auto type = take_part(content_type, ';');
  while (type.ends_with(' ')) type.remove_suffix(1);
  return lower_case(type);
}

error unsupported_type(std::string_view content_type, std::string_view expected) {
  const auto found = content_type.empty() ? "missing" : "unsupported type " + in_quotes(content_type);
  return {errc::media_type, "Content-Type: " + found + "; expected " + std::string(expected)};
}

}
