#!/bin/sh
# Patches Roslyn so that it runs on Debian's Mono.
#
#   sh build.sh FOLDER ROSLYN.tgz LIBRARIES.tgz
#
# FOLDER gets the patched assemblies, the class library to compile against and the notices.
set -eu
folder=$1
roslyn=$2
libraries=$3
here=$(dirname "$(realpath "$0")")
cecil=/usr/lib/mono/gac/Mono.Cecil/0.11.0.0__0738eb9f132ed756/Mono.Cecil.dll

rm -rf "$folder/work" "$folder/lib"
mkdir -p "$folder/work/in" "$folder/lib/reference"
cd "$folder/work"
tar -xzf "$roslyn" --strip-components=3 -C in package/dist/generator/Microsoft.CodeAnalysis.dll \
  package/dist/generator/Microsoft.CodeAnalysis.CSharp.dll
tar -xzf "$libraries" --strip-components=1 -C in package/System.Collections.Immutable.dll \
  package/System.Reflection.Metadata.dll package/System.Runtime.CompilerServices.Unsafe.dll

cp "$cecil" .
mcs -out:retarget.exe -r:Mono.Cecil.dll "$here/Retarget.cs"
mcs -out:references.exe -r:Mono.Cecil.dll "$here/References.cs"
polyfill=NeoServiceLayer.Polyfill.dll
mcs -target:library -out:"$folder/lib/$polyfill" "$here/Polyfill.cs"
cp "$folder/lib/$polyfill" in
mono retarget.exe in/System.Runtime.CompilerServices.Unsafe.dll \
  "$folder/lib/System.Runtime.CompilerServices.Unsafe.dll" in > Unsafe.missing
for name in System.Collections.Immutable System.Reflection.Metadata \
    Microsoft.CodeAnalysis Microsoft.CodeAnalysis.CSharp; do
  mono retarget.exe "in/$name.dll" "$folder/lib/$name.dll" in "$folder/lib/$polyfill" > "$name.missing"
done
for name in mscorlib System System.Core System.Numerics; do
  mono references.exe "/usr/lib/mono/4.5/$name.dll" "$folder/lib/reference/$name.dll"
done
cp "$here/NOTICE" "$folder/lib/NOTICE"
