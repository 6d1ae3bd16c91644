# shellcheck shell=bash
# The operator's key, and the two files that let ssh reach the running hosts without a question.

ssh_key() {
    mkdir -p "$LAB_DIR"
    (
        flock 8
        [ -f "$LAB_DIR/id_ed25519" ] ||
            ssh-keygen -q -t ed25519 -N '' -C operator@vc4all.test -f "$LAB_DIR/id_ed25519"
    ) 8>"$LAB_DIR/ssh.lock"
    echo "$LAB_DIR/id_ed25519"
}

# Under the lock, so that the last of two commands knows of both hosts; moved into place, so that no
# reader sees half a file.
ssh_config_write() { with_lock ssh_files; }

ssh_files() {
    local key new
    key=$(ssh_key)
    new=$(mktemp "$LAB_DIR/.ssh.XXXXXX")
    ssh_config_text "$key" >"$new" && mv "$new" "$LAB_DIR/ssh_config"
    new=$(mktemp "$LAB_DIR/.ssh.XXXXXX")
    known_hosts_text >"$new" && mv "$new" "$LAB_DIR/known_hosts"
    chmod 0644 "$LAB_DIR/ssh_config" "$LAB_DIR/known_hosts"
}

ssh_config_text() {
    local name
    for name in $(claim_names); do
        host_mine "$name" || continue
        printf 'Host %s %s.vc4all.test\n    HostName %s\n' "$name" "$name" "$(address4 "$(claim_field "$name" n)")"
    done
    printf 'Host 10.87.0.* fd87::* *.vc4all.test %s\n' "$(claim_names | tr '\n' ' ')"
    printf '    User root\n    IdentityFile %s\n    IdentitiesOnly yes\n' "$1"
    printf '    UserKnownHostsFile %s\n    GlobalKnownHostsFile /dev/null\n' "$LAB_DIR/known_hosts"
    printf '    StrictHostKeyChecking yes\n    UpdateHostKeys no\n'
}

known_hosts_text() {
    local name n key
    for name in $(claim_names); do
        host_mine "$name" || continue
        n=$(claim_field "$name" n)
        for key in "$(host_tree "$name")"/etc/ssh/ssh_host_*_key.pub; do
            [ -f "$key" ] || continue
            printf '%s,%s.vc4all.test,%s,%s %s\n' "$name" "$name" \
                "$(address4 "$n")" "$(address6 "$n")" "$(cut -d' ' -f1,2 "$key")"
        done
    done
}
