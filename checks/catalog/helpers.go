package catalog

// Packages without effects: what they give is made of what they get.
var _ = register(Library{
	Name:   "Helpers",
	Source: "https://date-fns.org/docs/Getting-Started",
	Packages: []string{
		"date-fns", "date-fns/*", "date-fns-tz", "@date-fns/*", "dayjs", "dayjs/*", "luxon", "moment", "moment-timezone", "ms", "chrono-node",
		"cron-parser", "cronstrue", "rrule", "@internationalized/date", "spacetime", "human-interval", "pretty-ms", "timeago.js",
		"lodash", "lodash/*", "lodash-es", "lodash-es/*", "lodash.debounce", "lodash.throttle", "lodash.isequal", "underscore",
		"ramda", "radash", "remeda", "rambda", "es-toolkit", "deepmerge", "fast-deep-equal", "dequal", "object-hash", "dot-prop",
		"immer", "ts-pattern", "tiny-invariant", "type-fest", "ts-essentials", "neverthrow", "effect", "fp-ts", "fp-ts/*", "rxjs", "zustand",
		"zustand/*", "jotai", "nuqs", "nuqs/*", "superjson", "devalue", "flatted", "json5", "qs", "query-string",
		"nanoid", "nanoid/*", "uuid", "ulid", "ulidx", "cuid", "@paralleldrive/cuid2", "short-uuid", "hashids", "sqids", "base-x", "uuidv7",
		"typeid-js", "slugify", "@sindresorhus/slugify", "speakingurl", "transliteration", "pluralize", "change-case", "camelcase",
		"title-case", "string-strip-html", "strip-ansi", "he", "html-entities", "entities", "html-escaper", "escape-html", "validator",
		"sanitize-html", "isomorphic-dompurify", "dompurify", "xss", "linkify-it", "linkifyjs", "libphonenumber-js", "libphonenumber-js/*",
		"google-libphonenumber", "email-validator", "is-email", "tldts", "psl", "normalize-url", "is-url", "url-join", "ufo", "punycode",
		"ua-parser-js", "bowser", "request-ip", "ipaddr.js", "ip", "is-ip", "geoip-lite", "cookie", "cookies-next", "cookies-next/*",
		"js-cookie", "nookies", "set-cookie-parser", "tough-cookie", "content-type", "mime", "mime-types", "file-type", "bytes",
		"pretty-bytes", "filesize", "accept-language-parser", "negotiator", "http-status-codes", "http-errors", "statuses",
		"big.js", "bignumber.js", "decimal.js", "currency.js", "dinero.js", "numeral", "mathjs", "simple-statistics", "seedrandom",
		"semver", "minimatch", "micromatch", "picomatch", "path-to-regexp", "regexparam", "dotenv", "dotenv/config", "dotenv-flow", "yaml",
		"js-yaml", "toml", "ini", "papaparse", "csv-parse", "csv-parse/*", "csv-stringify", "csv-stringify/*", "fast-csv", "xlsx", "exceljs",
		"fast-xml-parser", "xml2js", "cheerio", "jsdom", "linkedom", "node-html-parser", "rss", "feed", "sitemap", "ical-generator", "ics",
		"marked", "markdown-it", "remark", "rehype", "unified", "gray-matter", "turndown", "mdast-util-from-markdown",
		"next-mdx-remote", "next-mdx-remote/*", "shiki", "prismjs", "highlight.js", "diff", "fuse.js", "fuzzysort", "match-sorter", "leven",
		"pdf-lib", "pdfkit", "jspdf", "@react-pdf/renderer", "mupdf", "pdf-parse", "qrcode", "qrcode.react", "bwip-js", "sharp", "plaiceholder",
		"jimp", "blurhash", "color", "tinycolor2", "chroma-js", "tailwind-merge", "clsx", "classnames", "class-variance-authority", "cva",
		"crypto-js", "tweetnacl", "libsodium-wrappers", "node-forge", "@noble/curves", "@noble/hashes", "@noble/ciphers", "@oslojs/encoding",
		"@oslojs/crypto", "oslo", "oslo/*", "arctic", "pkce-challenge", "uncrypto", "hash-wasm", "xxhash-wasm", "murmurhash", "randombytes",
		"form-data", "formidable", "busboy", "multer", "raw-body", "micro", "body-parser", "cors", "nextjs-cors", "helmet", "compression",
		"archiver", "jszip", "adm-zip", "fflate", "stream-to-array", "get-stream", "concat-stream", "into-stream", "tslib",
		"tiktoken", "js-tiktoken", "gpt-tokenizer", "langdetect", "franc", "bad-words", "obscenity", "unique-names-generator", "@faker-js/faker",
		"country-list", "i18n-iso-countries", "countries-list", "currency-codes", "iso-639-1", "timezones-list", "json-2-csv", "jsondiffpatch",
		"notion-utils", "notion-types", "zod-error", "linkify-react", "fluent-ffmpeg", "@libpdf/core", "@pdf-lib/fontkit", "is-bot", "isbot", "tinyld",
	},
	Meanings: quiet("**"),
})

var _ = register(Library{
	Name:   "Translation",
	Source: "https://next-intl.dev/docs/environments/server-client-components",
	Packages: []string{
		"next-intl", "next-intl/*", "next-i18next", "next-i18next/*", "i18next", "react-i18next", "react-i18next/*",
		"next-international", "next-international/*", "@lingui/core", "@lingui/core/*", "@lingui/macro", "@lingui/react", "@lingui/react/*",
		"@formatjs/intl-localematcher", "rosetta", "typesafe-i18n",
	},
	Meanings: quiet("**"),
})

var _ = register(Library{
	Name:   "User interface",
	Source: "https://ui.shadcn.com/docs",
	Packages: []string{
		"@radix-ui/*", "@headlessui/react", "@heroicons/react/*", "lucide-react", "react-icons", "react-icons/*", "sonner", "react-hot-toast",
		"react-toastify", "framer-motion", "motion", "motion/*", "@tanstack/*", "swr", "swr/*", "react-hook-form", "formik", "recharts",
		"@visx/*", "@tiptap/*", "@dnd-kit/*", "cmdk", "vaul", "next-themes", "@mui/*", "@chakra-ui/*", "@mantine/*", "antd", "styled-components",
		"@emotion/*", "use-debounce", "usehooks-ts", "react-use", "react-markdown", "react-dropzone", "react-day-picker", "input-otp",
		"embla-carousel-react", "react-textarea-autosize", "@floating-ui/*", "@heroui/*", "@nextui-org/*", "@tremor/*", "geist", "geist/*",
		"@formkit/*", "@fontsource/*", "@number-flow/*", "@tabler/*", "@phosphor-icons/*", "react-select", "react-redux", "@reduxjs/toolkit",
		"@reduxjs/toolkit/*", "redux", "valtio", "mobx", "canvas-confetti", "three", "@react-three/*",
	},
	Meanings: quiet("**"),
})
