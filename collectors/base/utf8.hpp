#pragma once
// UTF-8: validity for PostgreSQL, and character boundaries.
#include <cstddef>
#include <string_view>

namespace releasehealth {

/// Whether PostgreSQL can store the text: valid UTF-8 without NUL.
bool is_storable(std::string_view text);

/// The number of characters, not bytes.
std::size_t count_characters(std::string_view utf8);
/// The first `most` characters.
std::string_view first_characters(std::string_view utf8, std::size_t most);
/// At most `most` bytes, without a partial character at the end.
std::string_view first_bytes(std::string_view utf8, std::size_t most);
/// The start of the character that contains the byte at that position; the position itself at the end of the text.
std::size_t begin_of_character(std::string_view utf8, std::size_t position);

}
