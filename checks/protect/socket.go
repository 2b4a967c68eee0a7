package protect

import "github.com/authdiff/authdiff/checks/catalog"

// connected runs what a WebSocket server runs for a connection, behind what
// upgrades the request, if that is among the handlers. It answers by what it
// sends.
func (ev *eval) connected(handlers []handler) Value {
	last := handlers[len(handlers)-1]
	socket, req := ev.socket(), newObject("method", str("GET"))
	req.init.rest = ev.input("")
	ran := false
	ev.connect = func(args []Value, site Site) {
		ran = true
		ev.await(ev.call(last.f, undefined, append([]Value{socket}, args...), site))
	}
	if len(handlers) > 1 {
		ev.await(ev.call(handlers[0].f, undefined, []Value{req, unknown, unknown}, handlers[0].site))
	}
	if !ran {
		ev.connect([]Value{req}, last.site)
	}
	return undefined
}

// socket is a connection: what it sends leaves the application, and what it
// receives is what the caller sends.
func (ev *eval) socket() *Object {
	o := newObject()
	o.init.rest = unknown
	method := func(name string, do func(ev *eval, args []Value, site Site)) {
		o.init.set(name, &Native{Name: name, Call: func(ev *eval, args []Value, site Site) Value {
			do(ev, args, site)
			return o
		}})
	}
	method("send", func(ev *eval, args []Value, site Site) {
		e := ev.effect(catalog.Service, "send", "socket", site)
		e.args = args
	})
	for _, name := range []string{"on", "once", "addEventListener"} {
		method(name, func(ev *eval, args []Value, site Site) {
			f := ev.st.see(arg(args, 1))
			if !isFunction(f) {
				return
			}
			before := ev.st.fork()
			ev.await(ev.call(f, undefined, []Value{ev.input("message"), unknown}, site))
			ev.st = before // it runs later, if at all
		})
	}
	for _, name := range []string{"close", "terminate", "ping", "pong", "removeListener", "removeAllListeners"} {
		method(name, func(*eval, []Value, Site) {})
	}
	return o
}
