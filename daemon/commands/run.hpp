#pragma once
// The program: its command line, and what it says when a command fails.

namespace releasehealth {

/// Runs the command that the words name. Returns the exit status: 0, 1 after a failure, 2 for a mistake in the words or
/// the configuration.
int run(int count, char** words);

}
