package catalog

import "slices"

func files(model string) *Query { return &Query{Kind: File, Model: model, Data: []string{"0"}} }

// A command is made of its input and sent; signing an address hands out access.
var _ = register(Library{
	Name:   "AWS S3",
	Source: "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/s3/",
	Packages: []string{
		"@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner", "@aws-sdk/s3-presigned-post", "@aws-sdk/lib-storage",
		"@aws-sdk/cloudfront-signer",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: files(`"S3"`)}, "S3Client.new().send()", "S3.new().*()", "Upload.new().done()"),
		awaited(Meaning{Query: &Query{Kind: File, Model: `"S3"`, Data: []string{"1"}}},
			"createPresignedPost()", "default.getSignedUrl()", "getSignedUrl()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "AWS",
	Source:   "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/",
	Packages: []string{"@aws-sdk/*", "aws-sdk"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"AWS"`, Data: []string{"0"}}},
			"*.new().send()", "*.new().*().promise()", "*.from().send()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "Vercel Blob",
	Source:   "https://vercel.com/docs/vercel-blob/using-blob-sdk",
	Packages: []string{"@vercel/blob", "@vercel/blob/client"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: File, Model: `"Vercel Blob"`, Data: []string{"1"}}}, "put()", "upload()"),
		awaited(Meaning{Query: files(`"Vercel Blob"`)}, "del()", "copy()", "head()", "list()", "createMultipartUpload()",
			"uploadPart()", "completeMultipartUpload()"),
		// It asks onBeforeGenerateToken, which is where a caller is refused.
		[]Meaning{{Path: "handleUpload()", Async: true, Query: files(`"Vercel Blob"`), Calls: &Callback{
			Arg: "0.onBeforeGenerateToken", With: []string{"request", "request", "unknown"},
		}}},
		quiet("getPayload()", "generateClientTokenFromReadWriteToken()"),
	),
})

// A signing fetch, as small clients of S3 and its like have.
var _ = register(Library{
	Name:     "aws4fetch",
	Source:   "https://github.com/mhart/aws4fetch",
	Packages: []string{"aws4fetch"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: File, Model: `"the object store"`, Data: []string{"1.body"}}}, "AwsClient.new().fetch()"),
		awaited(Meaning{Quiet: true}, "AwsClient.new().sign()"),
		quiet("AwsClient.new()"),
	),
})

// The server of an upload protocol asks its options' hooks about the caller.
var _ = register(Library{
	Name:     "tus",
	Source:   "https://github.com/tus/tus-node-server",
	Packages: []string{"@tus/server", "@tus/s3-store", "@tus/file-store", "@tus/utils"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: files(`"uploads"`)}, "Server.new().handle()", "Server.new().handleWeb()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Object stores",
	Source: "https://googleapis.dev/nodejs/storage/latest/",
	Packages: []string{
		"@google-cloud/storage", "@azure/storage-blob", "minio", "cloudinary", "uploadthing/server", "@imagekit/nodejs",
		"imagekit",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: files(`"the object store"`)}, "Storage.new().**.*()", "Client.new().*()", "v2.uploader.*()", "v2.api.*()",
			"UTApi.new().*()", "BlobServiceClient.**.*()", "default.new().*()"),
		quiet("*.new()", "Storage.new().bucket()", "Storage.new().bucket().file()", "v2.config()", "v2.url()", "v2.utils.**",
			"BlobServiceClient.fromConnectionString()", "**.getContainerClient()", "**.getBlockBlobClient()", "**.getBlobClient()"),
	),
})

var _ = register(Library{
	Name:     "UploadThing",
	Source:   "https://docs.uploadthing.com/file-routes",
	Packages: []string{"uploadthing/next", "uploadthing/next-legacy", "@uploadthing/react", "uploadthing/client"},
	Meanings: quiet("**"),
})
