package s3_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
	"releasegraph/internal/store/blob/blobtest"
	owns3 "releasegraph/internal/store/blob/s3"
)

// server is one that speaks S3.
type server struct {
	endpoint string
	client   *s3.Client
	made     int
}

const user, password = "releasegraph", "releasegraph-secret"

func reach(t *testing.T, endpoint string) *server {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", user)
	t.Setenv("AWS_SECRET_ACCESS_KEY", password)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	c, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("us-east-1"))
	require.NoError(t, err)
	client := s3.NewFromConfig(c, func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String(endpoint), true })
	return &server{endpoint: endpoint, client: client}
}

func fake(t *testing.T) *server {
	t.Helper()
	s := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(s.Close)
	return reach(t, s.URL)
}

// bucket makes an empty one, and returns its name.
func (s *server) bucket(t *testing.T) string {
	t.Helper()
	s.made++
	name := fmt.Sprintf("media-%d", s.made)
	_, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
	return name
}

func (s *server) open(t *testing.T, bucketAndPrefix string) *blob.Store {
	t.Helper()
	query := url.Values{"endpoint": {s.endpoint}, "use_path_style": {"true"}, "region": {"us-east-1"}}
	store, err := owns3.Open(t.Context(), "s3://"+bucketAndPrefix+"?"+query.Encode())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func TestABucket(t *testing.T) {
	s := fake(t)
	blobtest.Run(t, func(t *testing.T) *blob.Store { return s.open(t, s.bucket(t)) })
	t.Run("WithAPrefix", func(t *testing.T) { besides(t, s) })
	t.Run("UploadsThatWereCutOffAreSwept", func(t *testing.T) { cutOff(t, s) })
}

// besides shows that two stores share a bucket.
func besides(t *testing.T, s *server) {
	name := s.bucket(t)
	one, two := s.open(t, name+"/one"), s.open(t, name+"/two/deep/")
	text := []byte("in one of them")
	require.NoError(t, one.Put(t.Context(), bytes.NewReader(text), digest.Of(text), int64(len(text))))
	require.NoError(t, one.Verify(t.Context(), digest.Of(text)))
	require.ErrorIs(t, two.Verify(t.Context(), digest.Of(text)), blob.ErrNotFound)
	there, err := s.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &name})
	require.NoError(t, err)
	require.Equal(t, "one/"+blob.Key(digest.Of(text)), *there.Contents[0].Key)
}

func cutOff(t *testing.T, s *server) {
	name := s.bucket(t)
	mine, whole := s.open(t, name+"/mine"), s.open(t, name)
	begin := func(key string) {
		u, err := s.client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &name, Key: &key})
		require.NoError(t, err)
		_, err = s.client.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: &name, Key: &key, UploadId: u.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(make([]byte, 5<<20))})
		require.NoError(t, err)
	}
	key := blob.Key(digest.Of([]byte("cut off")))
	begin("mine/" + key)
	begin("mine/" + key)
	begin("another/" + key)
	swept, err := mine.Sweep(t.Context(), time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.Zero(t, swept, "they may go on yet")
	require.Len(t, s.uploads(t, name), 3)
	swept, err = whole.Sweep(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, swept, "they are none of its own")
	swept, err = mine.Sweep(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, blob.Swept{Uploads: 2}, swept)
	left := s.uploads(t, name)
	require.Len(t, left, 1)
	require.Equal(t, "another/"+key, *left[0].Key)
}

func (s *server) uploads(t *testing.T, bucket string) []types.MultipartUpload {
	t.Helper()
	list, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &bucket})
	require.NoError(t, err)
	return list.Uploads
}

func TestObjectsUnderNamesOfTheirOwnAreOpened(t *testing.T) {
	s := fake(t)
	name := s.bucket(t)
	for _, key := range []string{"kits/shop.tar", "secrets/shop.tar"} {
		_, err := s.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: bytes.NewReader([]byte("a kit"))})
		require.NoError(t, err)
	}
	query := url.Values{"endpoint": {s.endpoint}, "use_path_style": {"true"}, "region": {"us-east-1"}}
	bucket, open, err := owns3.Objects(t.Context(), "s3://"+name+"/kits?"+query.Encode())
	require.NoError(t, err)
	require.Equal(t, name, bucket)
	c, size, err := open(t.Context(), "kits/shop.tar")
	require.NoError(t, err)
	defer c.Close()
	text, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, "a kit", string(text))
	require.Equal(t, int64(5), size)
	for _, key := range []string{"secrets/shop.tar", "kits/absent", "shop.tar"} {
		_, _, err := open(t.Context(), key)
		require.ErrorIs(t, err, blob.ErrNotFound, key)
	}
}

func TestAnAddressThatIsNoBucketIsRefused(t *testing.T) {
	for _, address := range []string{"", "s3://", "s3:///prefix", "https://bucket", "s3://bucket?colour=red", "s3://bucket?use_path_style=perhaps"} {
		_, err := owns3.Open(t.Context(), address)
		require.Error(t, err, address)
	}
}

// gateway is where versitygw is told to be, which is as near to a real server as
// runs from one program: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0.
// Building it takes minutes, so that the suite runs on it when asked only.
const gateway = "RELEASEGRAPH_TEST_VERSITYGW"

func TestABucketOfVersitygw(t *testing.T) {
	program := os.Getenv(gateway)
	if program == "" {
		t.Skipf("set $%s to a versitygw to run the suite on it", gateway)
	}
	const address = "127.0.0.1:17070"
	folder := filepath.Join(t.TempDir(), "buckets")
	require.NoError(t, os.Mkdir(folder, 0o700))
	ctx, cancel := context.WithCancel(t.Context())
	run := exec.CommandContext(ctx, program, "--access", user, "--secret", password, "--port", address, "posix", folder)
	run.Stdout, run.Stderr = os.Stderr, os.Stderr
	require.NoError(t, run.Start())
	t.Cleanup(func() { cancel(); _ = run.Wait() })
	s := reach(t, "http://"+address)
	require.Eventually(t, func() bool {
		_, err := s.client.ListBuckets(t.Context(), &s3.ListBucketsInput{})
		return err == nil
	}, 20*time.Second, 100*time.Millisecond)
	empty := func(t *testing.T) *blob.Store { return s.open(t, s.bucket(t)) }
	blobtest.Run(t, empty)
	blobtest.RunLarge(t, empty)
	t.Run("WithAPrefix", func(t *testing.T) { besides(t, s) })
	t.Run("UploadsThatWereCutOffAreSwept", func(t *testing.T) { cutOff(t, s) })
}
