#pragma once
// What several sources tell in the same way: commits by their messages, things that are gone, severities by a word.
#include <string>
#include <string_view>

#include "collectors/collector.hpp"
#include "collectors/event.hpp"

namespace releasehealth {

std::string first_line(std::string text);

/// Title, what it was picked from and what it reverts, as git writes them into a commit's message.
void put_message(event&, std::string_view message);

/// The names of the labels at a pointer, at `/<name>` of each, as the field `labels`.
void put_labels(event&, const json::value& in, std::string_view pointer, std::string_view name);

/// Makes the event a retraction of what it is about.
void retract(event&);
/// The event, and that what it is about counts again, should it have been retracted before.
decoded with_return(event);

/// "critical", "2", "sev2", "P2": 1 to 5; 0 for what says nothing.
int severity_of(std::string word);

}
