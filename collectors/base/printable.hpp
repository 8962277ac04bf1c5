#pragma once
// Text of senders on its way to a terminal, a log or a spreadsheet.
#include <string>
#include <string_view>

namespace releasehealth {

/// The text with every character that a terminal may obey, or that turns the order of others around, as a JSON escape:
/// controls but line feed and tab, DEL, C1, bidirectional marks and separators of lines. Bytes that are not UTF-8
/// become U+FFFD. A serialized JSON document stays the same document.
std::string printable(std::string_view);
bool is_printable(std::string_view);

}
