# embed(HEADER [BINARY] FILES... [PARTS FILES...]): files of the checkout as a generated header, so that the program
# carries them. Each file is a constant by its name, and a row of `all` in the order given. The namespace is the header's
# path: sql/ledger.hpp has sql::ledger::append. BINARY files are written byte by byte. `{{> _part}}` in a file stands for
# that one of the PARTS. The header has names only, so that an edited text compiles one source anew: that is added to the
# list EMBEDDED of the caller.
function(embed HEADER)
  cmake_parse_arguments(PARSE_ARGV 1 EMBED "BINARY" "" "PARTS")
  string(REGEX REPLACE "[.]hpp$" "" NAMESPACE ${HEADER})
  string(REPLACE "/" "::" NAMESPACE ${NAMESPACE})
  set(CONSTANTS "")
  set(NAMES "")
  set(ROWS "")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${EMBED_PARTS})
  foreach(FILE IN LISTS EMBED_UNPARSED_ARGUMENTS)
    file(REAL_PATH ${FILE} FILE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${FILE})
    cmake_path(GET FILE STEM NAME)
    string(MAKE_C_IDENTIFIER ${NAME} CONSTANT)
    if(EMBED_BINARY)
      file(READ ${FILE} TEXT HEX)
      string(REGEX REPLACE "(..)" "\\\\x\\1" TEXT "${TEXT}")
      string(APPEND CONSTANTS "constexpr std::string_view ${CONSTANT} = \"${TEXT}\"sv;\n")
    else()
      file(READ ${FILE} TEXT)
      foreach(PART IN LISTS EMBED_PARTS)
        cmake_path(GET PART STEM NAME_OF_PART)
        file(READ ${PART} TEXT_OF_PART)
        string(STRIP "${TEXT_OF_PART}" TEXT_OF_PART)
        string(REPLACE "{{> ${NAME_OF_PART}}}" "${TEXT_OF_PART}" TEXT "${TEXT}")
      endforeach()
      if(EMBED_PARTS AND TEXT MATCHES "{{> [^}]*")
        message(FATAL_ERROR "${FILE}: no part for ${CMAKE_MATCH_0}")
      endif()
      string(APPEND CONSTANTS "constexpr std::string_view ${CONSTANT} = R\"embedded(${TEXT})embedded\"sv;\n")
    endif()
    string(APPEND NAMES "extern const std::string_view ${CONSTANT};\n")
    string(APPEND ROWS "    {\"${NAME}\", ${CONSTANT}},\n")
  endforeach()
  set(GENERATED ${PROJECT_BINARY_DIR}/generated/${HEADER})
  file(CONFIGURE OUTPUT ${GENERATED} @ONLY CONTENT "#pragma once
// Embedded at build time (daemon/embed.cmake).
#include <span>
#include <string_view>
#include <utility>
namespace releasehealth::@NAMESPACE@ {
@NAMES@extern const std::span<const std::pair<std::string_view, std::string_view>> all;
}
")
  string(REGEX REPLACE "hpp$" "cpp" SOURCE ${GENERATED})
  file(CONFIGURE OUTPUT ${SOURCE} @ONLY CONTENT "#include \"@HEADER@\"
namespace releasehealth::@NAMESPACE@ {
using namespace std::string_view_literals;
@CONSTANTS@namespace {
constexpr std::pair<std::string_view, std::string_view> rows[] = {
@ROWS@};
}
constexpr std::span<const std::pair<std::string_view, std::string_view>> all = rows;
}
")
  list(APPEND EMBEDDED ${SOURCE})
  set(EMBEDDED ${EMBEDDED} PARENT_SCOPE)
endfunction()
