#pragma once
// Makes senders' text safe for terminals, logs and spreadsheets.
#include <string>
#include <string_view>

namespace releasehealth {

/// Writes characters that can control a terminal or reorder text as JSON escapes: control characters except line feed
/// and tab, DEL, C1, bidirectional marks and line separators. Bytes that are not UTF-8 become U+FFFD. A serialized JSON
/// document keeps its meaning.
std::string printable(std::string_view);
bool is_printable(std::string_view);

}
