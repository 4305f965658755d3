// OpenSSL's libcrypto, as Debian's libssl-dev has it. Nothing here has any logic.
#ifndef ASSAY_CLIBCRYPTO_SHIM_H
#define ASSAY_CLIBCRYPTO_SHIM_H

#include <openssl/sha.h>

#endif
