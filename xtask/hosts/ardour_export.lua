-- Exports a session that drive_ardour.py has filled with stems.
-- Arguments: the session's folder, the folder for the mix, its number of frames, the id of the export preset.

local session = load_session(arg[1], "busbar")
assert(session, "the session could not be loaded")
local export = session:simple_export()
assert(export:set_preset(arg[4]), "there is no such export preset")
export:set_folder(arg[2])
export:set_name("mix")
export:set_range(0, tonumber(arg[3]))
assert(export:check_outputs(), "the master has nothing to export")
print("exported", export:run_export())
close_session()
quit()
