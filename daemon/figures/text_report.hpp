#pragma once
// The figures of some periods for people, as text or Markdown.
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

struct text_style {
  bool markdown = false;
  std::size_t width = 0;  ///< of the terminal, in columns; 0: as wide as the tables are
  bool colours = false;   ///< what is over its limit in red
  bool html = false;      ///< tables of HTML, each below its heading
  bool teams = false;     ///< a line for each team below those of places
};

/// A line for each production place: all figures of one period, or each figure of several periods side by side. What is
/// over the limit for a month is marked with `!`.
/// Of one period, DORA's five follow with their bands. `only`: a name that choose_figure() takes, empty for all.
std::string text_report(const snapshot&, const figure_settings&, std::string_view only = {}, const text_style& = {});

}
