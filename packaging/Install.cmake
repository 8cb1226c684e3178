install(TARGETS proverdeck RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS proverdeck-demo-tool RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/proverdeck)
install(FILES packaging/dev.proverdeck.Proverdeck.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES packaging/dev.proverdeck.Proverdeck.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(FILES resources/icons/dev.proverdeck.Proverdeck.svg
        DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/proverdeck RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME proverdeck)
set(CPACK_PACKAGE_CONTACT "The Proverdeck authors")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # by dpkg-shlibdeps, of dpkg-dev
set(CPACK_DEBIAN_PACKAGE_DEPENDS "openssh-client, libqt6sql6-sqlite")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openssh-server, git, bash")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
