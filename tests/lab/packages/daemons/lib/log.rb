# frozen_string_literal: true

# Log lines in the shape of Java's logging, kept or dropped by the level of a logging.properties file.
module Standin
  LEVELS = { 'ALL' => 0, 'FINEST' => 300, 'FINER' => 400, 'FINE' => 500, 'CONFIG' => 700,
             'INFO' => 800, 'WARNING' => 900, 'SEVERE' => 1000, 'OFF' => 10_000 }.freeze

  # Writes to standard output, which the init script and the unit append to the log file.
  class Log
    def initialize(program, properties_file)
      @program = program
      @threshold = threshold(properties_file)
      @lock = Mutex.new
      $stdout.sync = true
    end

    def fine(text) = write('FINE', text)
    def info(text) = write('INFO', text)
    def warning(text) = write('WARNING', text)
    def severe(text) = write('SEVERE', text)

    private

    # The root logger's level and the console handler's level both have to let a record through.
    def threshold(file)
      properties = {}
      if file && File.readable?(file)
        File.foreach(file) do |line|
          next if line =~ /\A\s*[#!]/
          name, value = line.split('=', 2)
          properties[name.strip] = value.strip if value
        end
      end
      ['.level', 'java.util.logging.ConsoleHandler.level'].map do |name|
        LEVELS.fetch(properties.fetch(name, name == '.level' ? 'INFO' : 'ALL').upcase, LEVELS['INFO'])
      end.max
    end

    def write(level, text)
      return if LEVELS[level] < @threshold
      stamp = Time.now.strftime('%Y-%m-%d %H:%M:%S.%L')
      @lock.synchronize { puts "#{@program} #{stamp} #{level}: #{text.gsub(/[[:cntrl:]]+/, ' ')}" }
    end
  end
end
