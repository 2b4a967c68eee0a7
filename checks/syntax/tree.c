#include "tree.h"
#include <stdlib.h>

static const uint16_t error_symbol = UINT16_MAX;
static const int32_t not_copied = -1;

typedef struct {
  Rules rules;
  const uint8_t *kinds, *leaves;
  TSTreeCursor cursor;
  Copy out;
  uint32_t node_space, error_space;
  bool broken;     // the tree has an error somewhere: look for it everywhere
  uint32_t muted;  // how many skipped nodes enclose the cursor
} Copier;

// grow makes room for one more element of a list.
static void *grow(void *list, uint32_t count, uint32_t *space, size_t size, int *failed) {
  if (count < *space) return list;
  uint32_t more = *space * 2 + 16;
  void *larger = realloc(list, (size_t)more * size);
  if (!larger) {
    *failed = NO_MEMORY;
    return list;
  }
  *space = more;
  return larger;
}

static void add_error(Copier *c, uint32_t start, uint32_t end) {
  c->out.errors = grow(c->out.errors, c->out.error_count, &c->error_space, sizeof(Span), &c->out.failed);
  if (!c->out.failed) c->out.errors[c->out.error_count++] = (Span){start, end};
}

static int32_t add(Copier *c, Node n) {
  if (c->muted) return not_copied;
  c->out.nodes = grow(c->out.nodes, c->out.node_count, &c->node_space, sizeof(Node), &c->out.failed);
  if (c->out.failed) return not_copied;
  int32_t index = (int32_t)c->out.node_count++;
  n.next = index + 1;
  c->out.nodes[index] = n;
  return index;
}

// copy_node copies the cursor's node. A node that is skipped is still descended
// into when there is an error to be found in it.
static int32_t copy_node(Copier *c, bool *descend) {
  TSNode node = ts_tree_cursor_current_node(&c->cursor);
  Node n = {.sym = ts_node_symbol(node)};
  if (n.sym == error_symbol) {
    n.start = ts_node_start_byte(node), n.end = ts_node_end_byte(node), n.kind = c->rules.error;
    add_error(c, n.start, n.end);
    *descend = false;
    return add(c, n);
  }
  n.kind = c->kinds[n.sym];
  bool hurt = c->broken && ts_node_has_error(node);
  if (hurt && ts_node_is_missing(node)) {
    n.missing = true, hurt = false;
    add_error(c, ts_node_start_byte(node), ts_node_start_byte(node));
  }
  *descend = hurt;
  if (n.kind == c->rules.skip || c->muted) return not_copied;
  if (n.kind != c->rules.token) n.start = ts_node_start_byte(node), n.end = ts_node_end_byte(node);
  *descend = hurt || !c->leaves[n.kind];
  return add(c, n);
}

// walk visits the tree without recursion: open holds the nodes whose children
// are being visited.
static void walk(Copier *c, int32_t *open) {
  uint32_t depth = 0;
  while (!c->out.failed) {
    if (c->out.node_count >= c->rules.max_nodes) c->out.failed = TOO_MANY;
    if (depth > c->rules.max_depth) c->out.failed = TOO_DEEP;
    if (c->out.failed) return;
    bool descend;
    int32_t index = copy_node(c, &descend);
    if (descend && ts_tree_cursor_goto_first_child(&c->cursor)) {
      open[depth++] = index;
      if (index == not_copied) c->muted++;
      continue;
    }
    while (!ts_tree_cursor_goto_next_sibling(&c->cursor)) {
      if (depth == 0) return;
      ts_tree_cursor_goto_parent(&c->cursor);
      index = open[--depth];
      if (index == not_copied) {
        c->muted--;
      } else {
        c->out.nodes[index].next = (int32_t)c->out.node_count;
      }
    }
  }
}

Copy authdiff_copy(TSNode root, Rules rules, const uint8_t *kinds, const uint8_t *leaves, uint32_t expected) {
  Copier c = {.rules = rules, .kinds = kinds, .leaves = leaves, .cursor = ts_tree_cursor_new(root), .broken = ts_node_has_error(root)};
  int32_t *open = malloc(((size_t)rules.max_depth + 2) * sizeof(int32_t));
  c.out.nodes = malloc((size_t)expected * sizeof(Node));
  c.node_space = c.out.nodes ? expected : 0;
  if (open) {
    walk(&c, open);
  } else {
    c.out.failed = NO_MEMORY;
  }
  free(open);
  ts_tree_cursor_delete(&c.cursor);
  return c.out;
}
