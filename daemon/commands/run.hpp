#pragma once
// The program's command line: dispatch and error messages.

namespace releasehealth {

/// Runs the command that the arguments name. Returns the exit status: 0; 1 after a failure; 2 for invalid arguments or
/// an invalid configuration.
int run(int count, char** words);

}
