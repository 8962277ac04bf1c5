#include "daemon/commands/run.hpp"

int main(int count, char** words) { return releasehealth::run(count, words); }
