#include "daemon/discover/tree.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

namespace releasehealth::discover {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view catalogue_names[] = {"catalog-info.yaml", "catalog-info.yml"};
constexpr std::string_view folders_left_out[] = {".git", "node_modules"};

bool is_among(const fs::path& name, std::span<const std::string_view> names) {
  return std::ranges::find(names, std::string_view(name.native())) != names.end();
}

bool lies_below(const fs::path& file, const fs::path& folder) {
  const auto relative = file.lexically_normal().lexically_relative(folder.empty() ? "." : folder.lexically_normal());
  return !relative.empty() && *relative.begin() != "..";
}

class tree_reader {
 public:
  explicit tree_reader(const tree_limits& may) : may_(may) {}

  void read_path(const std::string& path) {
    std::error_code ec;
    const auto status = fs::status(path, ec);
    if (!fs::exists(status)) throw std::runtime_error(path + ": no such file or folder");
    const bool is_folder = fs::is_directory(status);
    tops_.push_back(is_folder ? fs::path(path) : fs::path(path).parent_path());
    if (!is_folder) return read_catalogue_file(path);
    note_repository(path);
    walk(path);
  }

  // Locations are read last; the files that they name may contain further Locations.
  tree finish() {
    for (std::size_t i = 0; i < out_.found.targets.size(); ++i) {
      const auto [file, target] = out_.found.targets[i];
      if (target.find("://") != target.npos || target.find_first_of("*?[") != target.npos) continue;
      const auto path = (fs::path(file).parent_path() / target).lexically_normal();
      std::error_code ec;
      const bool is_within = std::ranges::any_of(tops_, [&](const auto& top) { return lies_below(path, top); });
      if (is_within && fs::is_regular_file(path, ec)) read_catalogue_file(path);
    }
    return std::move(out_);
  }

 private:
  void problem(const fs::path& file, const std::string& what) {
    out_.found.problems.push_back(file.native() + ": " + what);
  }

  void walk(const fs::path& top) {
    std::error_code ec;
    fs::recursive_directory_iterator entry(top, fs::directory_options::skip_permission_denied, ec);
    for (; !ec && entry != fs::recursive_directory_iterator(); entry.increment(ec)) {
      if (++entries_ > may_.entries)
        return problem(top, "more than " + std::to_string(may_.entries) + " entries; the rest was not read");
      const auto& path = entry->path();
      std::error_code ignored;
      const bool is_folder = !entry->is_symlink(ignored) && entry->is_directory(ignored);
      if (is_folder) {
        if (static_cast<std::size_t>(entry.depth()) + 1 >= may_.depth) {
          problem(path, "deeper than " + std::to_string(may_.depth) + " folders; not read");
          entry.disable_recursion_pending();
        } else if (is_among(path.filename(), folders_left_out)) {
          entry.disable_recursion_pending();
        } else {
          note_repository(path);
        }
      } else if (is_among(path.filename(), catalogue_names) && entry->is_regular_file(ignored)) {
        if (out_.files >= may_.files)
          return problem(top, "more than " + std::to_string(may_.files) + " files; the rest was not read");
        read_catalogue_file(path);
      }
    }
    if (ec) problem(top, ec.message());
  }

  // A folder is visited before its subfolders, so docs/CODEOWNERS belongs to the parent folder.
  void note_repository(const fs::path& folder) {
    repository_root root{folder, {}};
    for (const auto place : codeowners_places) {
      std::error_code ec;
      auto file = (folder / place).lexically_normal();
      if (fs::is_regular_file(file, ec) && known_files_.insert(file).second && root.owners_file.empty())
        root.owners_file = std::move(file);
    }
    if (!root.owners_file.empty())
      if (const auto text = read_text(root.owners_file)) root.owners = read_codeowners(*text);
    std::error_code ec;
    if (!root.owners_file.empty() || fs::exists(folder / ".git", ec)) out_.repositories.push_back(std::move(root));
  }

  void read_catalogue_file(const fs::path& path) {
    if (out_.files >= may_.files || !known_files_.insert(path.lexically_normal()).second) return;
    if (const auto text = read_text(path)) read_catalogue(*text, path.native(), out_.found);
  }

  std::optional<std::string> read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      problem(path, "cannot be read");
      return {};
    }
    std::string text(may_.file_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > may_.file_bytes) {
      problem(path, "larger than " + std::to_string(may_.file_bytes) + " bytes; not read");
      return {};
    }
    ++out_.files;
    return text;
  }

  tree_limits may_;
  tree out_;
  std::vector<fs::path> tops_;  ///< Locations may only name files below these folders
  std::set<fs::path> known_files_;
  std::size_t entries_ = 0;
};

}

const repository_root* tree::repository_of(const std::filesystem::path& file) const {
  const repository_root* nearest = nullptr;
  for (const auto& root : repositories)
    if (lies_below(file, root.folder) && (!nearest || root.folder.native().size() > nearest->folder.native().size()))
      nearest = &root;
  return nearest;
}

tree read_trees(std::span<const std::string> paths, const tree_limits& may) {
  tree_reader reader(may);
  for (const auto& path : paths) reader.read_path(path);
  return reader.finish();
}

}
