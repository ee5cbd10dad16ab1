"""SQLCipher in the place of SQLite: Python's own `sqlite3` on the phone then takes `PRAGMA key`.

It is named sqlite3 because python3's recipe links whatever that recipe builds. The amalgamation is made on this
machine (which needs tclsh and a C compiler), then compiled for the phone. SQLCipher is Zetetic's, under a BSD licence
that the app shows; sources are taken by their hash.
"""

import sh
from pythonforandroid.logger import shprint
from pythonforandroid.recipe import Recipe
from pythonforandroid.util import current_directory

#: What Zetetic asks for, and what our statements and several threads need.
FLAGS = (
    "-DSQLITE_HAS_CODEC",
    "-DSQLCIPHER_CRYPTO_OPENSSL",
    "-DSQLITE_TEMP_STORE=2",
    "-DSQLITE_THREADSAFE=1",
    "-DHAVE_USLEEP=1",
    "-DNDEBUG",
)


class SqlcipherRecipe(Recipe):
    """libsqlite3.so with SQLCipher's codec over the build's own OpenSSL."""

    name = "sqlite3"
    version = "4.6.1"
    url = "https://github.com/sqlcipher/sqlcipher/archive/refs/tags/v{version}.tar.gz"
    sha256sum = "d8f9afcbc2f4b55e316ca4ada4425daf3d0b4aab25f45e11a802ae422b9f53a3"
    depends = ["openssl"]
    built_libraries = {"libsqlite3.so": "."}

    def build_arch(self, arch):
        """Make sqlite3.c here, compile it for `arch`."""
        super().build_arch(arch)
        openssl = self.get_recipe("openssl", self.ctx)
        env = self.get_recipe_env(arch)
        with current_directory(self.get_build_dir(arch.arch)):
            shprint(sh.Command("./configure"), "--enable-tempstore=yes", "--with-crypto-lib=none")
            shprint(sh.make, "sqlite3.c", "sqlite3.h")
            compiler, *options = env["CC"].split()
            shprint(
                sh.Command(compiler),
                *options,
                *env["CFLAGS"].split(),
                *openssl.include_flags(arch).split(),
                *FLAGS,
                "-O2",
                "-fPIC",
                "-shared",
                "sqlite3.c",
                "-o",
                "libsqlite3.so",
                *env["LDFLAGS"].split(),
                *openssl.link_dirs_flags(arch).split(),
                "-lcrypto",
                "-llog",
                "-lm",
                _env=env,
            )


recipe = SqlcipherRecipe()
