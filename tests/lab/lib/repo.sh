# shellcheck shell=bash
# The package archive that stands in for Jitsi's: built by tests/lab/packages/build, or made from the
# packages in LAB_JITSI_PACKAGES; served over HTTP.

LAB_SIGNING_KEY=$LAB_PARTS/packages/signing-key

repo_build() {
    local new=$LAB_DIR/.repo.new
    rm -rf "$new"
    mkdir -p "$new" "$LAB_DIR/log"
    if [ -n "${LAB_JITSI_PACKAGES:-}" ]; then
        repo_index "$LAB_JITSI_PACKAGES" "$new"
    else
        "$LAB_PARTS/packages/build" "$new" >"$LAB_DIR/log/repo.log" 2>&1 ||
            die "the package archive cannot be built: $(tail -n 3 "$LAB_DIR/log/repo.log")"
    fi
    rm -rf "$LAB_DIR/.repo.old"
    [ ! -d "$LAB_DIR/repo" ] || mv "$LAB_DIR/repo" "$LAB_DIR/.repo.old"
    mv "$new" "$LAB_DIR/repo"
    repo_mark >"$LAB_DIR/repo.mark"
    rm -rf "$LAB_DIR/.repo.old"
}

# repo_index DEBS OUT: the same layout and key as the stand-ins' archive.
repo_index() {
    local debs=$1 out=$2 home
    compgen -G "$debs/*.deb" >/dev/null || die "LAB_JITSI_PACKAGES: no .deb file in $debs"
    mkdir -p "$out/stable"
    cp -- "$debs"/*.deb "$out/stable/"
    home=$(mktemp -d)
    gpg --homedir "$home" --batch --quiet --import "$LAB_SIGNING_KEY/private.asc"
    (
        cd "$out" || exit
        apt-ftparchive packages stable >stable/Packages
        gzip -k -9 stable/Packages
        apt-ftparchive -o APT::FTPArchive::Release::Origin='vc4all-deploy lab' \
            -o APT::FTPArchive::Release::Label='packages from elsewhere' \
            -o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Codename=stable \
            release stable >stable/Release
        gpg --homedir "$home" --batch --quiet --clearsign -o stable/InRelease stable/Release
        gpg --homedir "$home" --batch --quiet --armor --detach-sign -o stable/Release.gpg stable/Release
        cp "$LAB_SIGNING_KEY/public.asc" jitsi-key.gpg.key
    )
    gpgconf --homedir "$home" --kill all
    rm -rf "$home"
}

# The link is swapped in one step, so the server never sees half an archive of another checkout.
repo_serve() {
    mkdir -p "$LAB_RUN"
    if [ -L "$LAB_RUN/repo" ] && [ "$(readlink "$LAB_RUN/repo")" != "$LAB_DIR/repo" ]; then
        note "the package archive is now that of $LAB_DIR (it was $(readlink "$LAB_RUN/repo"))"
    fi
    ln -sfn "$LAB_DIR/repo" "$LAB_RUN/repo.new"
    mv -fT "$LAB_RUN/repo.new" "$LAB_RUN/repo"
}

service_run_archive() {
    service_spawn archive python3 -m http.server --bind "$LAB_GATEWAY4" --directory "$LAB_RUN/repo" 8087
}

service_ready_archive() { (exec 7<>"/dev/tcp/$LAB_GATEWAY4/8087"); }

service_after_archive() {
    if repo_stale; then
        repo_build
    fi
    repo_serve
}

# Somebody who borrows another checkout's LAB_DIR uses the archive that is there; lab repo builds it anew.
repo_stale() {
    [ -n "${LAB_JITSI_PACKAGES:-}" ] && return
    [ -d "$LAB_DIR/repo/stable" ] || return 0
    [ "$LAB_DIR" = "$LAB_CHECKOUT/target/lab" ] && [ "$(repo_mark)" != "$(cat "$LAB_DIR/repo.mark" 2>/dev/null)" ]
}

# What the archive is made of, in one number.
repo_mark() {
    find "$LAB_PARTS/packages" -type f -exec sha256sum {} + | sort | sha256sum
    echo "${LAB_JITSI_PACKAGES:-stand-ins}"
}
