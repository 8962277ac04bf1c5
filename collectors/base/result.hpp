#pragma once
// Error handling for failures that the caller handles: result<T> holds a value, or an error with its position.
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

namespace releasehealth {

/// Why a request was rejected. Each value has one HTTP status, one metric outcome and one log level
/// (daemon/http/problem.hpp, daemon/intake).
enum class errc {
  malformed,     ///< the sender's bytes are not what the endpoint accepts
  unreadable,    ///< authentic and well-formed, but without the structure that its source documents: stored as a dead
                 ///< letter
  unauthorized,  ///< no valid signature or token
  forbidden,     ///< a valid token without the scope
  unknown,       ///< no such thing
  media_type,    ///< a body of a type that the endpoint does not accept
  too_large,     ///< exceeds a named limit
  unavailable,   ///< storage is temporarily unavailable; the sender may retry
  internal       ///< a defect of this program, explained only in its log
};

/// One error in a document; `pointer` is an RFC 6901 JSON pointer, empty for the whole document.
struct problem {
  std::string pointer;
  std::string detail;
};

struct error {
  errc code = errc::malformed;
  std::string detail;
  std::vector<problem> problems;
  std::string limit;  ///< key of the exceeded limit (daemon/system/limits.hpp); empty: none
  std::string log;    ///< text for the log only, such as PostgreSQL's message; empty: no more than `detail`

  error() = default;
  error(errc c, std::string text) : code(c), detail(std::move(text)) {}
  error(errc c, std::string text, std::vector<problem> where)
      : code(c), detail(std::move(text)), problems(std::move(where)) {}
  /// Adds the key of the exceeded limit.
  error over(std::string_view key) && {
    limit = key;
    return std::move(*this);
  }
  /// Adds text for the log only.
  error logged_as(std::string_view words) && {
    log = words;
    return std::move(*this);
  }
  /// "detail: pointer: detail; pointer: detail", for logs and terminals.
  std::string text() const;
};

template <class T>
using result = boost::system::result<T, error>;

/// Called by result::value() on an error, so that an unhandled error becomes an exception.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::runtime_error(e.text());
}

}
