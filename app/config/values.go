package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

func (r *reader) appID() int64 {
	value := r.getenv("APP_ID")
	if value == "" {
		return 0
	}
	id, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil || id <= 0 {
		r.problem("APP_ID", "%q is not a positive number: set it to the App's id, from its settings page", clip(value))
		return 0
	}
	return id
}

// host accepts what net.Listen does, so only a value that carries a port or a
// scheme is told apart here.
func (r *reader) host() string {
	host := strings.Trim(r.getenv("HOST"), "[] ")
	if strings.Contains(host, "/") || strings.Count(host, ":") == 1 {
		r.problem("HOST", "%q is not a host name or address: set the port with PORT", clip(host))
	}
	return host
}

func (r *reader) port() int {
	value := r.getenv("PORT")
	if value == "" {
		return defaultPort
	}
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil || port == 0 {
		r.problem("PORT", "%q is not a port: set it to a number from 1 to 65535", clip(value))
		return 0
	}
	return int(port)
}

func (r *reader) address(name, fallback string) string {
	value := r.getenv(name)
	if value == "" {
		return fallback
	}
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.problem(name, "%q is not an address: set it to host:port, for example %s", clip(value), fallback)
	}
	return value
}

// ranges reads addresses, each alone or with the length of its network.
func (r *reader) ranges(name, example string) (list []netip.Prefix) {
	for text := range strings.SplitSeq(r.getenv(name), ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if address, alone := netip.ParseAddr(text); alone == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			r.problem(name, "%q is not an address: set it to %s", clip(text), example)
			continue
		}
		list = append(list, prefix.Masked())
	}
	return list
}

// endpoint reads an API's address. Tokens travel to it, so plain http is for
// this machine only.
func (r *reader) endpoint(name, fallback string) *url.URL {
	value := r.getenv(name)
	if value == "" {
		value = fallback
	}
	u, err := url.Parse(strings.TrimRight(value, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		r.problem(name, "is not an address of an API: set it to https://host/path, for example %s", defaultAPIURL)
		return nil
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return u
	}
	r.problem(name, "uses %q: set it to an https address (plain http only for this machine)", clip(u.Scheme))
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// graphQL derives the GraphQL address as GitHub lays it out: beside the REST
// API in the cloud, and at /api/graphql on an Enterprise Server whose REST API
// is /api/v3.
// https://docs.github.com/en/enterprise-server/graphql/guides/forming-calls-with-graphql
func graphQL(api *url.URL) string {
	u := *api
	u.Path = strings.TrimSuffix(u.Path, "/v3") + "/graphql"
	return u.String()
}

// logLevel knows Probot's names too: trace is debug, fatal is error.
func (r *reader) logLevel() slog.Level {
	switch value := strings.ToLower(r.getenv("LOG_LEVEL")); value {
	case "trace", "debug":
		return slog.LevelDebug
	case "", "info":
		return slog.LevelInfo
	case "warn", "warning":
		return slog.LevelWarn
	case "error", "fatal":
		return slog.LevelError
	default:
		r.problem("LOG_LEVEL", "%q is not a level: set it to debug, info, warn or error", clip(value))
		return slog.LevelInfo
	}
}

// logFormat knows Probot's name for text: pretty.
func (r *reader) logFormat() string {
	switch value := strings.ToLower(r.getenv("LOG_FORMAT")); value {
	case "", "text", "pretty":
		return "text"
	case "json":
		return "json"
	default:
		r.problem("LOG_FORMAT", "%q is not a format: set it to text or json", clip(value))
		return "text"
	}
}

func (r *reader) setup() bool {
	switch value := strings.ToLower(r.getenv("SETUP")); value {
	case "", "on":
		return true
	case "off":
		return false
	default:
		r.problem("SETUP", "%q is neither on nor off: set it to off to refuse the set-up page", clip(value))
		return false
	}
}
