package protect

// Proxy stands for an object: what it has is what a function of its handler gives,
// as with a client that is made when it's first used.
// https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Proxy
type Proxy struct{ target, get, apply Value }

func (*Proxy) value() {}

// newProxy is `new Proxy(target, handler)`. Without a trap for reading or calling
// it is the target.
func (ev *eval) newProxy(target, handler Value) Value {
	trap := func(name string) Value {
		if f := ev.st.see(ev.get(handler, name, Site{})); isFunction(f) {
			return f
		}
		return nil
	}
	p := &Proxy{target: target, get: trap("get"), apply: trap("apply")}
	if p.get == nil && p.apply == nil {
		return target
	}
	return p
}

func (ev *eval) proxyMember(p *Proxy, name string, site Site) Value {
	if p.get == nil {
		return ev.get(p.target, name, site)
	}
	return ev.call(p.get, undefined, []Value{p.target, str(name), p}, site)
}

func (ev *eval) callProxy(p *Proxy, this Value, args []Value, site Site) Value {
	if p.apply == nil {
		return ev.call(p.target, this, args, site)
	}
	return ev.call(p.apply, undefined, []Value{p.target, this, newList(args...)}, site)
}
