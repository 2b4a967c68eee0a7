#include <stdbool.h>
#include <stdint.h>

// The part of tree-sitter's interface (api.h of version 0.22) that copying a
// tree needs. The library itself is linked by package sitter, so that this
// package alone links only where the names may be missing: they are weak, which
// every linker of the releases understands. (macOS asks at load: concrete.go.)
#ifdef __APPLE__
#define LINKED_LATER
#else
#define LINKED_LATER __attribute__((weak))
#endif
typedef struct TSTree TSTree;
typedef struct {
  uint32_t context[4];
  const void *id;
  const TSTree *tree;
} TSNode;
typedef struct {
  const void *tree;
  const void *id;
  uint32_t context[3];
} TSTreeCursor;

LINKED_LATER TSTreeCursor ts_tree_cursor_new(TSNode);
LINKED_LATER void ts_tree_cursor_delete(TSTreeCursor *);
LINKED_LATER TSNode ts_tree_cursor_current_node(const TSTreeCursor *);
LINKED_LATER bool ts_tree_cursor_goto_parent(TSTreeCursor *);
LINKED_LATER bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *);
LINKED_LATER bool ts_tree_cursor_goto_first_child(TSTreeCursor *);
LINKED_LATER uint16_t ts_node_symbol(TSNode);
LINKED_LATER uint32_t ts_node_start_byte(TSNode);
LINKED_LATER uint32_t ts_node_end_byte(TSNode);
LINKED_LATER bool ts_node_has_error(TSNode);
LINKED_LATER bool ts_node_is_missing(TSNode);

// Node and span as Go declares them (cnode and Span in concrete.go, file.go).
typedef struct {
  uint32_t start, end;
  int32_t next;
  uint16_t sym;
  uint8_t kind;
  bool missing;
} Node;
typedef struct {
  uint32_t start, end;
} Span;

// Copy is what authdiff_copy gives. The caller frees nodes and errors.
typedef struct {
  Node *nodes;
  Span *errors;
  uint32_t node_count, error_count;
  int failed; // one of the following, or 0
} Copy;
enum { TOO_MANY = 1, TOO_DEEP = 2, NO_MEMORY = 3 };

// Rules say what the kinds are that copying knows, and where it ends.
typedef struct {
  uint8_t token, error, skip;
  uint32_t max_nodes, max_depth;
} Rules;

// authdiff_copy copies a tree of about the expected number of nodes. kinds says
// of each symbol what it is, leaves of each kind whether what is below it isn't
// needed.
Copy authdiff_copy(TSNode root, Rules rules, const uint8_t *kinds, const uint8_t *leaves, uint32_t expected);
