package config

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Secret is a value that must not be shown. Printing, logging or encoding it
// gives a placeholder; a conversion to string gives the value.
type Secret string

const hidden = "[hidden]"

// String implements fmt.Stringer with the placeholder.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer with the placeholder.
func (Secret) GoString() string { return hidden }

// LogValue implements slog.LogValuer with the placeholder.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler with the placeholder.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Format implements fmt.Formatter, so that no verb shows the value.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// secret refuses surrounding white space instead of removing it: it is
// nearly always the line break of the file that the secret was read from, and
// then every delivery would be refused with nothing to see but a mismatch.
func (r *reader) secret(name string) Secret {
	value := r.getenv(name)
	if value != strings.TrimSpace(value) {
		r.problem(name, "begins or ends with white space: remove it, so that it equals the secret on the App's settings page")
		return ""
	}
	return Secret(value)
}

// privateKey takes the key from PRIVATE_KEY, in the three spellings in use
// (PEM, PEM on one line with \n for line breaks, base64 of PEM), or from the
// file that PRIVATE_KEY_PATH names.
func (r *reader) privateKey() Secret {
	value, path := r.getenv("PRIVATE_KEY"), r.getenv("PRIVATE_KEY_PATH")
	name := "PRIVATE_KEY"
	switch {
	case value != "" && path != "":
		r.problem("PRIVATE_KEY_PATH", "is set beside PRIVATE_KEY: unset one of them")
		return ""
	case path != "":
		name = "PRIVATE_KEY_PATH"
		text, err := readKeyFile(path)
		if err != nil {
			r.problem(name, "cannot be read (%v): set it to the file of the App's private key", err)
			return ""
		}
		value = string(text)
	case value == "":
		return ""
	}
	key := unfold(value)
	if err := checkKey(key); err != nil {
		r.problem(name, "%v: set it to the private key as downloaded from the App's settings page", err)
		return ""
	}
	return Secret(key)
}

// unfold gives the PEM text behind the spellings.
func unfold(value string) []byte {
	value = strings.TrimSpace(value)
	if !strings.HasPrefix(value, "-----BEGIN") {
		if text, err := base64.StdEncoding.DecodeString(value); err == nil {
			return text
		}
	}
	return []byte(strings.ReplaceAll(value, `\n`, "\n"))
}

// checkKey accepts an RSA key in PKCS #1 (what GitHub hands out) or PKCS #8.
// Its errors say nothing of the content.
func checkKey(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("holds no PEM block")
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return errors.New("holds no private key that can be read")
	}
	if _, ok := key.(*rsa.PrivateKey); !ok {
		return errors.New("holds a key that is not RSA")
	}
	return nil
}
