#pragma once
// How a failure that the caller decides about travels: result<T>, or an error with what is wrong where.
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

namespace releasehealth {

/// Why something was refused. Each value has one HTTP status, one metric outcome and one log level (daemon/http/problem.hpp, daemon/intake).
enum class errc {
  malformed,     ///< the sender's bytes are not what the endpoint takes
  unreadable,    ///< authentic and well-formed, but not of the shape that its source promises: kept as dead
  unauthorized,  ///< no valid signature or token
  forbidden,     ///< a valid token without the scope
  unknown,       ///< no such thing
  media_type,    ///< a body of another type than the endpoint takes
  too_large,     ///< over a named limit
  unavailable,   ///< no durable place to put it now; the sender may try again
  internal       ///< a mistake of this program, which only its log explains
};

/// One mistake in a document; `pointer` is an RFC 6901 JSON pointer, empty for the whole of it.
struct problem {
  std::string pointer;
  std::string detail;
};

struct error {
  errc code = errc::malformed;
  std::string detail;
  std::vector<problem> problems;
  std::string limit;  ///< the key of the limit that it is over (daemon/system/limits.hpp); empty: none
  std::string log;    ///< what only the log may say, such as PostgreSQL's words; empty: no more than `detail`

  error() = default;
  error(errc c, std::string text) : code(c), detail(std::move(text)) {}
  error(errc c, std::string text, std::vector<problem> where)
      : code(c), detail(std::move(text)), problems(std::move(where)) {}
  /// The same error, over the limit of that key.
  error over(std::string_view key) && {
    limit = key;
    return std::move(*this);
  }
  /// The same error, with what only the log may say.
  error logged_as(std::string_view words) && {
    log = words;
    return std::move(*this);
  }
  /// "detail: pointer: detail; pointer: detail", for logs and terminals.
  std::string text() const;
};

template <class T>
using result = boost::system::result<T, error>;

/// Called by result::value() on an error: a caller that does not decide gets an exception.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::runtime_error(e.text());
}

}
