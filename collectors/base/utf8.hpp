#pragma once
// UTF-8: what PostgreSQL stores, and where characters begin.
#include <cstddef>
#include <string_view>

namespace releasehealth {

/// What PostgreSQL can hold as text: UTF-8 without NUL.
bool is_storable(std::string_view text);

/// Counts characters, not bytes: a limit that a reader can count.
std::size_t count_characters(std::string_view utf8);
/// The first `most` characters.
std::string_view first_characters(std::string_view utf8, std::size_t most);
/// At most so many bytes, without half a character at their end.
std::string_view first_bytes(std::string_view utf8, std::size_t most);
/// Where the character begins that the byte at `at` belongs to; `at` itself at the end.
std::size_t begin_of_character(std::string_view utf8, std::size_t at);

}
