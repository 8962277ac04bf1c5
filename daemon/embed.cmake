# embed(HEADER [BINARY] FILES...): files of the checkout as a generated header, so that the program carries them. Each file
# is a constant by its name, and a row of `all` in the order given. The namespace is the header's path: sql/ledger.hpp has
# sql::ledger::append. BINARY files are written byte by byte.
function(embed HEADER)
  cmake_parse_arguments(PARSE_ARGV 1 EMBED "BINARY" "" "")
  string(REGEX REPLACE "[.]hpp$" "" NAMESPACE ${HEADER})
  string(REPLACE "/" "::" NAMESPACE ${NAMESPACE})
  set(CONSTANTS "")
  set(ROWS "")
  foreach(FILE IN LISTS EMBED_UNPARSED_ARGUMENTS)
    file(REAL_PATH ${FILE} FILE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${FILE})
    cmake_path(GET FILE STEM NAME)
    string(MAKE_C_IDENTIFIER ${NAME} CONSTANT)
    if(EMBED_BINARY)
      file(READ ${FILE} TEXT HEX)
      string(REGEX REPLACE "(..)" "\\\\x\\1" TEXT "${TEXT}")
      string(APPEND CONSTANTS "inline constexpr std::string_view ${CONSTANT} = \"${TEXT}\"sv;\n")
    else()
      file(READ ${FILE} TEXT)
      string(APPEND CONSTANTS "inline constexpr std::string_view ${CONSTANT} = R\"embedded(${TEXT})embedded\"sv;\n")
    endif()
    string(APPEND ROWS "    {\"${NAME}\", ${CONSTANT}},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${HEADER} @ONLY CONTENT "#pragma once
// Embedded at build time (daemon/embed.cmake).
#include <string_view>
#include <utility>
namespace releasehealth::@NAMESPACE@ {
using namespace std::string_view_literals;
@CONSTANTS@inline constexpr std::pair<std::string_view, std::string_view> all[] = {
@ROWS@};
}
")
endfunction()
