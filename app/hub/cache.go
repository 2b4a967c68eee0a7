package hub

import (
	"container/list"
	"sync"
)

// cache keeps what was used last, within a bound in bytes. Keys are ids of git
// objects: an id stands for its content wherever it comes from, so repositories
// share it: who doesn't know the id can't ask for it.
type cache[K comparable, V any] struct {
	cost func(V) int64

	mu    sync.Mutex
	most  int64
	size  int64
	order *list.List // of *cached, the last used first
	byID  map[K]*list.Element
}

type cached[K comparable, V any] struct {
	id    K
	value V
}

// entryCost is about what an entry takes beside its value.
const entryCost = 200

func newCache[K comparable, V any](most int64, cost func(V) int64) *cache[K, V] {
	return &cache[K, V]{cost: cost, most: most, order: list.New(), byID: map[K]*list.Element{}}
}

func (c *cache[K, V]) get(id K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byID[id]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*cached[K, V]).value, true
}

func (c *cache[K, V]) put(id K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byID[id]; ok {
		return
	}
	c.byID[id] = c.order.PushFront(&cached[K, V]{id, value})
	c.size += c.cost(value) + entryCost
	for c.size > c.most {
		last := c.order.Remove(c.order.Back()).(*cached[K, V])
		delete(c.byID, last.id)
		c.size -= c.cost(last.value) + entryCost
	}
}
