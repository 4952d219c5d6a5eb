// Package s3 keeps contents in a bucket that speaks S3. Only the composition
// root imports it: the driver is large.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	gcblob "gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"releasegraph/internal/store/blob"
)

// Scheme begins the addresses that Open takes.
const Scheme = "s3"

// checksums is the parameter that says when answers are checked by the client.
const checksums = "response_checksum_validation"

// Open opens a bucket, or a part of it, by an address such as
// s3://bucket/prefix?region=eu-west-1, or for another server than AWS
// s3://bucket?endpoint=https://s3.example.com&use_path_style=true&region=any.
// Credentials come from the environment, as all programs for AWS find them.
func Open(ctx context.Context, address string) (*blob.Store, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != Scheme || u.Host == "" {
		return nil, fmt.Errorf("%q: write s3://BUCKET, s3://BUCKET/PREFIX or s3://BUCKET?endpoint=https://HOST&use_path_style=true", address)
	}
	prefix := strings.Trim(u.Path, "/")
	u.Path = ""
	if query := u.Query(); !query.Has(checksums) {
		query.Set(checksums, "when_required") // what is read is hashed by whoever reads
		u.RawQuery = query.Encode()
	}
	bucket, err := new(s3blob.URLOpener).OpenBucketURL(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", address, err)
	}
	var client *s3.Client
	if !bucket.As(&client) {
		return nil, errors.Join(fmt.Errorf("%q is served by no client of S3", address), bucket.Close())
	}
	if prefix != "" {
		prefix += "/"
		bucket = gcblob.PrefixedBucket(bucket, prefix)
	}
	return blob.NewStore(bucket, cutter{client, u.Host, prefix}), nil
}

// cutter ends uploads in parts that were never finished.
type cutter struct {
	client *s3.Client
	bucket string
	prefix string // of the store, within the bucket
}

// Cut implements blob.Cutter.
func (c cutter) Cut(ctx context.Context, prefix string, before time.Time) (cut int, err error) {
	list := s3.NewListMultipartUploadsPaginator(c.client, &s3.ListMultipartUploadsInput{
		Bucket: aws.String(c.bucket), Prefix: aws.String(c.prefix + prefix),
	})
	for list.HasMorePages() {
		page, err := list.NextPage(ctx)
		if err != nil {
			return cut, err
		}
		for _, u := range page.Uploads {
			if u.Initiated == nil || !u.Initiated.Before(before) {
				continue
			}
			if err := c.abort(ctx, u); err != nil {
				return cut, err
			}
			cut++
		}
	}
	return cut, nil
}

func (c cutter) abort(ctx context.Context, u types.MultipartUpload) error {
	_, err := c.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: aws.String(c.bucket), Key: u.Key, UploadId: u.UploadId,
	})
	if gone := new(types.NoSuchUpload); errors.As(err, &gone) {
		return nil
	}
	return err
}
