package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// signatureHeader carries the HMAC-SHA-256 of the raw body. GitHub sends a
// SHA-1 beside it, which is never looked at.
// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
const signatureHeader = "X-Hub-Signature-256"

// signedByAny reports whether the signature is that of the body by one of the
// secrets: two are in use while one replaces the other.
func signedByAny(secrets [][]byte, signature string, body []byte) bool {
	return slices.ContainsFunc(secrets, func(secret []byte) bool { return signed(secret, signature, body) })
}

// signed reports whether the signature is that of the body, in constant time.
func signed(secret []byte, signature string, body []byte) bool {
	if len(secret) == 0 {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return hmac.Equal([]byte(signature), []byte("sha256="+hex.EncodeToString(mac.Sum(nil))))
}
