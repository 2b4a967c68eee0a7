package syntax

// Walk visits n and, in the order of the text, every statement, expression and
// pattern below it. It leaves out what is below a node for which visit returns
// false. Nil nodes are not visited. It needs no more stack for deep trees than
// for shallow ones.
func Walk(n Node, visit func(Node) bool) {
	if n == nil {
		return
	}
	stack := children{n}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !visit(n) {
			continue
		}
		from := len(stack)
		stack.addBelow(n)
		for i, j := from, len(stack)-1; i < j; i, j = i+1, j-1 {
			stack[i], stack[j] = stack[j], stack[i]
		}
	}
}

// children collects nodes. Its methods leave out absent ones, typed nils
// included.
type children []Node

// addBelow adds the direct children of a node.
func (c *children) addBelow(n Node) {
	switch n := n.(type) {
	case Stmt:
		c.belowStmt(n)
	case Expr:
		c.belowExpr(n)
	case Pattern:
		c.belowPattern(n)
	}
}

func (c *children) belowStmt(s Stmt) {
	switch s := s.(type) {
	case *VarDecl:
		for _, d := range s.Decls {
			c.pattern(d.Target)
			c.expr(d.Init)
		}
	case *FuncDecl:
		c.expr(s.Func)
	case *ClassDecl:
		c.expr(s.Class)
	case *EnumDecl:
		for _, m := range s.Members {
			c.expr(m.Value)
		}
	case *NamespaceDecl:
		c.stmts(s.Body)
	case *ExprStmt:
		c.expr(s.X)
	case *Return:
		c.expr(s.X)
	case *Throw:
		c.expr(s.X)
	case *Block:
		c.stmts(s.Body)
	case *Labeled:
		c.stmt(s.Body)
	case *ExportDecl:
		c.stmt(s.Decl)
	case *ExportDefault:
		c.expr(s.X)
	case *If, *For, *ForEach, *While, *Switch, *Try:
		c.belowControl(s)
	case *Jump, *Import, *ExportNames, *ExportAll, *BadStmt:
	}
}

func (c *children) belowControl(s Stmt) {
	switch s := s.(type) {
	case *If:
		c.expr(s.Test)
		c.stmt(s.Then)
		c.stmt(s.Else)
	case *For:
		c.stmt(s.Init)
		c.expr(s.Test)
		c.expr(s.Update)
		c.stmt(s.Body)
	case *ForEach:
		c.pattern(s.Target)
		c.expr(s.X)
		c.stmt(s.Body)
	case *While:
		if s.Do {
			c.stmt(s.Body)
			c.expr(s.Test)
			return
		}
		c.expr(s.Test)
		c.stmt(s.Body)
	case *Switch:
		c.expr(s.X)
		for _, one := range s.Cases {
			c.expr(one.Test)
			c.stmts(one.Body)
		}
	case *Try:
		c.block(s.Body)
		c.pattern(s.Param)
		c.block(s.Catch)
		c.block(s.Finally)
	}
}

func (c *children) belowExpr(x Expr) {
	switch x := x.(type) {
	case *Template:
		c.expr(x.Tag)
		c.exprs(x.Exprs)
	case *Object:
		c.props(x.Props)
	case *Array:
		c.exprs(x.Elems)
	case *Func:
		for _, p := range x.Params {
			c.pattern(p.Target)
		}
		c.block(x.Body)
		c.expr(x.Result)
	case *Class:
		c.class(x)
	case *Call:
		c.expr(x.Callee)
		c.exprs(x.Args)
	case *Member:
		c.expr(x.X)
		c.expr(x.Index)
	case *Unary:
		c.expr(x.X)
	case *Update:
		c.expr(x.X)
	case *Binary:
		c.expr(x.L)
		c.expr(x.R)
	case *Assign:
		c.pattern(x.Target)
		c.expr(x.Value)
	case *Cond:
		c.expr(x.Test)
		c.expr(x.Then)
		c.expr(x.Else)
	case *Await:
		c.expr(x.X)
	case *Yield:
		c.expr(x.X)
	case *Spread:
		c.expr(x.X)
	case *JSX:
		c.expr(x.Tag)
		c.props(x.Attrs)
		c.exprs(x.Children)
	case *Ident, *Literal, *BadExpr:
	}
}

func (c *children) class(x *Class) {
	c.exprs(x.Decorators)
	c.expr(x.Super)
	for _, m := range x.Members {
		c.exprs(m.Decorators)
		c.expr(m.Computed)
		c.expr(m.Value)
	}
}

func (c *children) belowPattern(p Pattern) {
	switch p := p.(type) {
	case *ObjectPattern:
		for _, prop := range p.Props {
			c.expr(prop.Computed)
			c.pattern(prop.Target)
		}
		c.pattern(p.Rest)
	case *ArrayPattern:
		for _, e := range p.Elems {
			c.pattern(e)
		}
		c.pattern(p.Rest)
	case *DefaultPattern:
		c.pattern(p.Target)
		c.expr(p.Value)
	case *ExprPattern:
		c.expr(p.X)
	case *NamePattern:
	}
}

func (c *children) stmt(s Stmt) {
	if s != nil {
		*c = append(*c, s)
	}
}

func (c *children) stmts(list []Stmt) {
	for _, s := range list {
		c.stmt(s)
	}
}

func (c *children) block(b *Block) {
	if b != nil {
		*c = append(*c, b)
	}
}

func (c *children) expr(x Expr) {
	if x != nil {
		*c = append(*c, x)
	}
}

func (c *children) exprs(list []Expr) {
	for _, x := range list {
		c.expr(x)
	}
}

func (c *children) props(list []Prop) {
	for _, p := range list {
		c.expr(p.Computed)
		c.expr(p.Value)
	}
}

func (c *children) pattern(p Pattern) {
	if p != nil {
		*c = append(*c, p)
	}
}
