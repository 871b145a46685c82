# Ends the server of a folder and removes the folder when nobody uses it any more.
#
#   $1  the folder; whoever uses it holds a shared lock of its file `users`
#   $2  how many looks in a row, a second apart, have to find nobody
#
# It is a process of its own, so that it outlives tests that are killed. Locks end with their process.
folder=$1 patience=$2

# One keeper is enough. A folder of this name that is made later is none of its business.
exec 8>>"$folder/keeper" 9<"$folder/users"
flock -w 5 8 || exit 0
rm -rf "$folder".gone.*

still_ours() { [ "$folder/users" -ef /proc/self/fd/9 ]; }
# Sends a signal to all that run in the data; fails when there is nobody.
signal() {
    found=1
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef "$folder/data" ] && kill -s "$1" "${process#/proc/}" && found=0
    done 2>/dev/null
    return $found
}

idle=0
while still_ours; do
    if flock -n 9; then
        idle=$((idle + 1))
        # The lock is kept: whoever comes now waits for it, and then finds the folder gone.
        [ "$idle" -ge "$patience" ] && break
        flock -u 9
    else
        idle=0
    fi
    sleep 1 8>&- 9>&-
done
still_ours || exit 0

for name in QUIT 0 0 0 0 0 KILL; do
    signal $name || break
    sleep 1
done
# In one step, so that nobody makes anything in a folder that is half gone.
mv "$folder" "$folder.gone.$$" && rm -rf "$folder.gone.$$"
