#pragma once

#include <string>
#include <string_view>

#include "collectors/collector.hpp"

/// Text to paste when connecting a source. `init` prints it, and the README of each kind contains it (a test compares).
namespace releasehealth {

/// The header that marks a test delivery, with any value: intake checks the proof, responds, and stores nothing.
inline constexpr std::string_view test_header = "X-Releasehealth-Test";

/// The `[[source]]` table of a source that has the name of its kind, as TOML. Required settings have a placeholder and
/// a comment.
std::string source_table(const collector&, std::string_view secret_file);

/// A `curl` command that sends a signed test delivery, in two lines; the second is indented by two spaces. Empty if
/// only the sender can sign a delivery.
std::string test_delivery(const collector&, std::string_view url, std::string_view secret_file);

}
