package endpoint

import (
	"bytes"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

var namesSockets = module.NewMark(func(text []byte) bool {
	return bytes.Contains(text, []byte("WebSocketServer")) && bytes.Contains(text, []byte("connection"))
})

// holdsSockets reports whether a file may serve WebSockets, by its text.
func holdsSockets(repo *module.Repo, path string) bool { return repo.Marked(path, namesSockets) }

// sockets finds what is run for connections of the WebSocket servers in the given
// files: each server is an endpoint, by the path of the request that is upgraded.
// https://github.com/websockets/ws/blob/master/doc/ws.md
func sockets(repo *module.Repo, files []string) []Endpoint {
	var out []Endpoint
	for _, f := range files {
		if !holdsSockets(repo, f) {
			continue
		}
		m := repo.Module(f)
		if m == nil {
			continue
		}
		out = append(out, socketsIn(repo, m, nil)...)
		for _, s := range m.File.Body {
			for _, fn := range functionsOf(s) {
				out = append(out, socketsIn(repo, m, fn)...)
			}
		}
	}
	return out
}

// functionsOf lists the functions that a top-level statement declares.
func functionsOf(s syntax.Stmt) []*syntax.Func {
	switch s := s.(type) {
	case *syntax.ExportDecl:
		return functionsOf(s.Decl)
	case *syntax.FuncDecl:
		return []*syntax.Func{s.Func}
	case *syntax.ExportDefault:
		if f, ok := s.X.(*syntax.Func); ok {
			return []*syntax.Func{f}
		}
	case *syntax.VarDecl:
		var out []*syntax.Func
		for _, d := range s.Decls {
			if f, ok := d.Init.(*syntax.Func); ok {
				out = append(out, f)
			}
		}
		return out
	}
	return nil
}

// socketsIn finds the servers that a function, or the top of a file, declares.
func socketsIn(repo *module.Repo, m *module.Module, within *syntax.Func) []Endpoint {
	var out []Endpoint
	body := statements(m, within)
	for _, s := range body {
		if e, ok := s.(*syntax.ExportDecl); ok {
			s = e.Decl
		}
		v, ok := s.(*syntax.VarDecl)
		if !ok {
			continue
		}
		for _, d := range v.Decls {
			p, isName := d.Target.(*syntax.NamePattern)
			if c, ok := d.Init.(*syntax.Call); ok && isName && servesSockets(repo, m, c) {
				out = append(out, socketOf(m, within, body, p.Name, c)...)
			}
		}
	}
	return out
}

// servesSockets reports whether a call makes a WebSocket server.
func servesSockets(repo *module.Repo, m *module.Module, c *syntax.Call) bool {
	id, ok := c.Callee.(*syntax.Ident)
	if !ok || !c.New {
		return false
	}
	b, _ := repo.Import(m, id.Name)
	return b.Package == "ws" && (b.Name == "WebSocketServer" || b.Name == "Server")
}

// socketOf makes the endpoint of a server that statements know by a name: what is
// run for its connections, behind what upgrades requests to them.
func socketOf(m *module.Module, within *syntax.Func, body []syntax.Stmt, name string, made *syntax.Call) []Endpoint {
	url := "/"
	if o, ok := arg(made, 0).(*syntax.Object); ok {
		if l, ok := property(o, "path").(*syntax.Literal); ok {
			url = l.Value
		}
	}
	var upgrade, connection *syntax.Call
	for _, s := range body {
		x, ok := s.(*syntax.ExprStmt)
		if !ok {
			continue
		}
		c, ok := x.X.(*syntax.Call)
		if !ok || calleeName(c) != "on" || len(c.Args) < 2 {
			continue
		}
		event, _ := c.Args[0].(*syntax.Literal)
		id, _ := c.Callee.(*syntax.Member).X.(*syntax.Ident)
		switch {
		case event == nil:
		case event.Value == "connection" && id != nil && id.Name == name:
			connection = c
		case event.Value == "upgrade":
			if path, ok := upgrades(c.Args[1], name); ok {
				upgrade = c
				if url == "/" && path != "" {
					url = path
				}
			}
		}
	}
	if connection == nil {
		return nil
	}
	e := Endpoint{Ref: Ref{Kind: Route, Name: "GET " + url, File: m.Path}, Module: m, Value: connection, Method: "GET", Own: url, Socket: true}
	if upgrade != nil {
		e.Stack = append(e.Stack, Added{m, upgrade, within})
	}
	e.Stack = append(e.Stack, Added{m, connection, within})
	e.Whole = connection.Span
	e.Entry = syntax.Span{Start: connection.Start, End: header(connection.Args[1], connection.Span)}
	e.Line, _ = m.File.Lines(e.Entry)
	return []Endpoint{e}
}

// upgrades reports whether a function hands requests to a server, and the path for
// which it does: the last one that it names on the way.
func upgrades(x syntax.Expr, name string) (path string, ok bool) {
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Literal:
			if !ok && n.Kind == syntax.String && strings.HasPrefix(n.Value, "/") {
				path = n.Value
			}
		case *syntax.Member:
			if id, named := n.X.(*syntax.Ident); named && id.Name == name && n.Name == "handleUpgrade" {
				ok = true
			}
		}
		return !ok
	})
	return path, ok
}
