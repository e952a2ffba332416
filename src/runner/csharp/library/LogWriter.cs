// Console.Out and Console.Error: whole lines go to the log.
using System.IO;
using System.Text;

namespace NeoServiceLayer {
  internal sealed class LogWriter : TextWriter {
    readonly int level;
    readonly StringBuilder line = new StringBuilder();

    internal LogWriter(int level) { this.level = level; }

    public override Encoding Encoding { get { return Encoding.UTF8; } }

    public override void Write(char value) {
      if (Natives.IsLogFull()) return;
      if (value == '\n') {
        Natives.Log(level, line.ToString());
        line.Clear();
      } else {
        line.Append(value);
      }
    }

    public override void Write(string value) {
      if (value == null || Natives.IsLogFull()) return;
      int begin = 0;
      for (int end = value.IndexOf('\n'); end >= 0; end = value.IndexOf('\n', begin)) {
        line.Append(value, begin, end - begin);
        Write('\n');
        begin = end + 1;
      }
      line.Append(value, begin, value.Length - begin);
    }

    public override void Write(char[] buffer, int index, int count) { Write(new string(buffer, index, count)); }

    internal void EndLine() {
      if (line.Length > 0) Write('\n');
    }
  }
}
