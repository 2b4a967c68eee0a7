package protect
import ("testing";"context";"fmt";"os"
"github.com/authdiff/authdiff/checks/module"
"github.com/authdiff/authdiff/checks/endpoint"
"github.com/authdiff/authdiff/checks/source")
func TestZZ(t *testing.T){
 b,_:=os.ReadFile("/tmp/zz.ts")
 tr:=source.NewMemory(map[string]string{"app/api/x/route.ts":string(b)})
 r,_:=module.Open(context.Background(),tr,module.NewCache())
 w:=NewWorld(r)
 for _,e:=range endpoint.Find(r,[]string{"app/api/x/route.ts"}) {
 p:=w.Protect(e)
 fmt.Println(e.Name,p.Lost,p.Cuts)
 for _,x:=range append(p.Effects,p.Exit) { if x==nil {continue}; fmt.Println(" ",x.Kind,x.Model,x.Op,x.Scope); for _,f:=range x.Facts { fmt.Println("     ",f.Layer,f.ID(),f.What) } }
 }
}
