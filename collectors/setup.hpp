#pragma once

#include <string>
#include <string_view>

#include "collectors/collector.hpp"

/// Text to paste when connecting a source. `init` prints it, and the README of each kind shows it (a test compares).
namespace releasehealth {

/// The header of a test delivery, with any value: intake checks the proof, answers, and stores nothing.
inline constexpr std::string_view test_header = "X-Releasehealth-Test";

/// The `[[source]]` table of a source that is named like its kind, as TOML. Required settings hold a placeholder and a
/// comment.
std::string source_table(const collector&, std::string_view secret_file);

/// A `curl` that sends a signed test delivery, over two lines of which the second is indented by two spaces. Empty
/// where only the tool itself can sign a delivery.
std::string test_delivery(const collector&, std::string_view url, std::string_view secret_file);

}
