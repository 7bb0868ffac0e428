/* The functions that are probed. The attach cookie is the kind; src/engine/kinds.rs has the same numbers. */
#pragma once

enum call_kind {
	CALL_SSL_READ = 1,
	CALL_SSL_READ_EX = 2,
	CALL_SSL_WRITE = 3,
	CALL_SSL_WRITE_EX = 4,
	CALL_SSL_WRITE_EX2 = 5, /* the count stands where argument 4 points */
	CALL_SSL_FREE = 6,
	CALL_SSL_SHUTDOWN = 7,
	CALL_SSL_CLEAR = 8,
	CALL_SSL_NEW = 9,
	CALL_SSL_HANDSHAKE = 10,
	CALL_GNUTLS_RECV = 16,
	CALL_GNUTLS_SEND = 17,
	CALL_GNUTLS_DEINIT = 18,
	CALL_GNUTLS_BYE = 19,
	CALL_GNUTLS_INIT = 20,
	CALL_GNUTLS_HANDSHAKE = 21,
};

enum library { LIBRARY_OPENSSL = 1, LIBRARY_GNUTLS = 2 };

static __always_inline __u8 library_of(__u32 kind)
{
	return kind < CALL_GNUTLS_RECV ? LIBRARY_OPENSSL : LIBRARY_GNUTLS;
}
static __always_inline bool is_write(__u32 kind)
{
	return kind == CALL_SSL_WRITE || kind == CALL_SSL_WRITE_EX || kind == CALL_SSL_WRITE_EX2 || kind == CALL_GNUTLS_SEND;
}
static __always_inline bool is_read(__u32 kind)
{
	return kind == CALL_SSL_READ || kind == CALL_SSL_READ_EX || kind == CALL_GNUTLS_RECV;
}
static __always_inline bool is_handshake(__u32 kind)
{
	return kind == CALL_SSL_HANDSHAKE || kind == CALL_GNUTLS_HANDSHAKE;
}
/* the connection object is gone or starts anew after this call */
static __always_inline bool is_end(__u32 kind)
{
	return kind == CALL_SSL_FREE || kind == CALL_SSL_CLEAR || kind == CALL_GNUTLS_DEINIT;
}
static __always_inline bool is_shutdown(__u32 kind)
{
	return kind == CALL_SSL_SHUTDOWN || kind == CALL_GNUTLS_BYE;
}
