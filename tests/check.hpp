#pragma once
// doctest with string conversions for the project's types.
#include <doctest/doctest.h>

#include "collectors/base/json.hpp"

namespace doctest {

template <class T>
struct StringMaker<boost::system::result<T, releasehealth::error>> {
  static String convert(const boost::system::result<T, releasehealth::error>& r) {
    return r ? String("a value") : String(r.error().text().c_str());
  }
};

template <>
struct StringMaker<std::optional<releasehealth::timestamp>> {
  static String convert(const std::optional<releasehealth::timestamp>& t) {
    return t ? String(releasehealth::format_time(*t).c_str()) : String("no time");
  }
};

}
