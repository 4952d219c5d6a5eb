// Package s3 keeps contents in a bucket that speaks S3. Only the composition
// root imports it: the driver is large.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	gcblob "gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"

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
	b, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	if b.prefix != "" {
		b.Bucket = gcblob.PrefixedBucket(b.Bucket, b.prefix)
	}
	return blob.NewStore(b.Bucket, cutter{b.client, b.name, b.prefix}), nil
}

// Objects opens a bucket whose objects lie under names of their own, by an address
// as for Open. It returns the bucket's name and what opens objects, those with the
// prefix only.
func Objects(ctx context.Context, address string) (name string, object func(ctx context.Context, key string) (io.ReadCloser, int64, error), err error) {
	b, err := open(ctx, address)
	if err != nil {
		return "", nil, err
	}
	return b.name, func(ctx context.Context, key string) (io.ReadCloser, int64, error) {
		if !strings.HasPrefix(key, b.prefix) {
			return nil, 0, fmt.Errorf("%w: only what begins with %s is", blob.ErrNotFound, b.prefix)
		}
		r, err := b.NewReader(ctx, key, nil)
		if gcerrors.Code(err) == gcerrors.NotFound {
			return nil, 0, fmt.Errorf("%w: %w", blob.ErrNotFound, err)
		}
		if err != nil {
			return nil, 0, err
		}
		return r, r.Size(), nil
	}, nil
}

// bucket is one that was opened.
type bucket struct {
	*gcblob.Bucket
	client       *s3.Client
	name, prefix string // the prefix ends in a slash, or is empty
}

func open(ctx context.Context, address string) (*bucket, error) {
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
	if prefix != "" {
		prefix += "/"
	}
	opened, err := new(s3blob.URLOpener).OpenBucketURL(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", address, err)
	}
	var client *s3.Client
	if !opened.As(&client) {
		return nil, errors.Join(fmt.Errorf("%q is served by no client of S3", address), opened.Close())
	}
	return &bucket{opened, client, u.Host, prefix}, nil
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
