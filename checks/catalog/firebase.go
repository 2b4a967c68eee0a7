package catalog

import "slices"

// The Admin SDK's functions stand in subpackages, or below the default export.
var _ = register(Library{
	Name:   "Firebase Admin",
	Source: "https://firebase.google.com/docs/auth/admin/verify-id-tokens",
	Packages: []string{
		"firebase-admin", "firebase-admin/auth", "firebase-admin/firestore", "firebase-admin/app",
		"firebase-admin/messaging", "firebase-admin/storage", "firebase-admin/database", "firebase-admin/app-check",
	},
	Meanings: slices.Concat(
		firebaseAuth("getAuth()."), firebaseAuth("auth()."),
		firestore("getFirestore()."), firestore("firestore()."),
		awaited(Meaning{Query: &Query{Kind: Mail, Model: `"a push message"`, Data: []string{"0"}}},
			"getMessaging().*()", "messaging().*()"),
		awaited(Meaning{Query: &Query{Kind: File, Model: `"Firebase Storage"`}}, "getStorage().**.*()", "storage().**.*()"),
		[]Meaning{{Path: "getAppCheck().verifyToken()", Async: true, Verify: &Verify{Proof: Proof{Kind: Human}, Shape: "unknown"}}},
		quiet("getAuth()", "auth()", "getFirestore()", "firestore()", "getStorage()", "getStorage().bucket()", "getStorage().bucket().file()",
			"getMessaging()", "initializeApp()", "getApps()", "getApp()", "cert()", "applicationDefault()", "credential.**", "apps.**",
			"FieldValue.**", "Timestamp.**", "firestore.**", "Filter.**"),
	),
})

func firebaseAuth(prefix string) []Meaning {
	return slices.Concat(
		[]Meaning{
			{Path: prefix + "verifyIdToken()", Async: true, Verify: &Verify{Proof: Proof{Kind: Token}, Shape: "identity"}},
			{Path: prefix + "verifySessionCookie()", Async: true, Verify: &Verify{Proof: Proof{Kind: Session}, Shape: "identity"}},
			{
				Path: prefix + "getUser()", Async: true,
				Query: read(`"users"`, Must), Narrow: &Narrow{Fixed: "uid", Value: "0"},
			},
			{
				Path: prefix + "updateUser()", Async: true,
				Query:  &Query{Kind: Write, Model: `"users"`, Data: []string{"1"}, Result: Written},
				Narrow: &Narrow{Fixed: "uid", Value: "0"},
			},
			{
				Path: prefix + "deleteUser()", Async: true,
				Query: write(`"users"`), Narrow: &Narrow{Fixed: "uid", Value: "0"},
			},
		},
		awaited(Meaning{Query: read(`"users"`, Many)}, under(prefix, "getUserByEmail()", "getUserByPhoneNumber()", "getUsers()", "listUsers()")...),
		awaited(Meaning{Query: write(`"users"`)}, under(prefix,
			"createUser()", "deleteUsers()", "setCustomUserClaims()", "revokeRefreshTokens()", "importUsers()")...),
		awaited(Meaning{Quiet: true}, under(prefix, "createSessionCookie()", "createCustomToken()", "generatePasswordResetLink()",
			"generateEmailVerificationLink()", "generateSignInWithEmailLink()")...),
	)
}

// firestore says what follows collection(name) and doc(path): reads until a step
// writes. A collection in a document has the document's condition.
func firestore(prefix string) []Meaning {
	writes := func(data string) Meaning {
		return Meaning{Async: true, Narrow: &Narrow{Kind: Write, Data: data, Result: Written}}
	}
	return slices.Concat(
		[]Meaning{
			{Path: prefix + "collection()", Query: read("0", Many)},
			{Path: prefix + "collectionGroup()", Query: read("0", Many)},
			{Path: prefix + "doc()", Query: read("0", One), Narrow: &Narrow{Fixed: "id", Value: "0"}},
			{Path: prefix + "**.doc()", Narrow: &Narrow{Fixed: "id", Value: "0", Result: One}},
			{Path: prefix + "**.collection()", Narrow: &Narrow{Model: "0", Result: Many}},
			{Path: prefix + "**.where()", Narrow: &Narrow{Field: "0", Op: "1", Value: "2"}},
			{Path: prefix + "runTransaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}},
			{Path: prefix + "**.get()", Async: true, Self: true},
		},
		each(writes("0"), under(prefix+"**.", "set()", "update()")...),
		each(Meaning{Async: true, Narrow: &Narrow{Kind: Write, Adds: true, Data: "0", Result: Written}}, under(prefix+"**.", "add()", "create()")...),
		each(writes(""), prefix+"**.delete()"),
		self(under(prefix+"**.", "orderBy()", "limit()", "limitToLast()", "offset()", "startAt()", "startAfter()", "endAt()",
			"endBefore()", "select()", "withConverter()", "count()")...),
		quiet(under(prefix, "batch()", "batch().**", "settings()")...),
	)
}

// In the browser's SDK the same are functions of a reference.
var _ = register(Library{
	Name:   "Firebase",
	Source: "https://firebase.google.com/docs/reference/js",
	Packages: []string{
		"firebase/firestore", "firebase/firestore/lite", "firebase/auth", "firebase/app", "firebase/storage",
		"firebase/database",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: read("", One)}, "getDoc()", "getDocFromServer()"),
		awaited(Meaning{Query: read("", Many)}, "getDocs()", "getDocsFromServer()", "getCountFromServer()"),
		awaited(Meaning{Query: insert("", "1")}, "addDoc()"),
		awaited(Meaning{Query: &Query{Kind: Write, Data: []string{"1"}, Result: Written}}, "setDoc()", "updateDoc()"),
		awaited(Meaning{Query: write("")}, "deleteDoc()"),
		awaited(Meaning{Query: &Query{Kind: File, Model: `"Firebase Storage"`, Data: []string{"1"}}},
			"uploadBytes()", "uploadString()", "getDownloadURL()", "deleteObject()", "getBytes()"),
		quiet("**"),
	),
})
